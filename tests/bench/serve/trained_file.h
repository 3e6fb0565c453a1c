// Vectors as a file that a server loads.

#ifndef AKIN_TESTS_BENCH_SERVE_TRAINED_FILE_H_
#define AKIN_TESTS_BENCH_SERVE_TRAINED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tests/bench/scratch_file.h"

namespace akin::bench {

using FillRow = std::function<void(uint32_t row, absl::Span<float> vector)>;

// word2vec's binary format; `fill` writes one row.
absl::StatusOr<ScratchFile> WriteTrainedFile(
    size_t rows, size_t dimension,
    const std::function<std::string(uint32_t row)>& id, const FillRow& fill);

// With ids r0, r1, ...
absl::StatusOr<ScratchFile> WriteTrainedFile(size_t rows, size_t dimension,
                                             const FillRow& fill);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVE_TRAINED_FILE_H_
