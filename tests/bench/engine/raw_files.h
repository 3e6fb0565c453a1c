// Readers of the formats that test sets come in. Every error names the file.

#ifndef AKIN_TESTS_BENCH_ENGINE_RAW_FILES_H_
#define AKIN_TESTS_BENCH_ENGINE_RAW_FILES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace akin::bench {

struct FloatRows {
  size_t dimension = 0;
  std::vector<float> values;

  size_t rows() const { return values.size() / dimension; }
};

// idx3-ubyte: big-endian header 0x803, count, height, width; then bytes. May be
// compressed.
absl::StatusOr<FloatRows> ReadIdxImages(const std::string& path);

// bvecs: rows of [int32 dimension][bytes].
absl::StatusOr<FloatRows> ReadBvecs(const std::string& path);

// ivecs: rows of [int32 count][int32...], all of the same count.
struct IntRows {
  size_t width = 0;
  std::vector<int32_t> values;
};
absl::StatusOr<IntRows> ReadIvecs(const std::string& path);

// Tab-separated user and item numbers from 1 on, behind a header line; a third
// column is left unread.
struct Interactions {
  size_t users = 0;
  size_t items = 0;
  std::vector<std::vector<uint32_t>> items_of;  // by user, from 0 on
};
absl::StatusOr<Interactions> ReadInteractions(const std::string& path);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_RAW_FILES_H_
