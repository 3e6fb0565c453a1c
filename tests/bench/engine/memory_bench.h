// Bytes per vector, as the system counts them.

#ifndef AKIN_TESTS_BENCH_ENGINE_MEMORY_BENCH_H_
#define AKIN_TESTS_BENCH_ENGINE_MEMORY_BENCH_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/engine/figures.h"

namespace akin::bench {

// Builds one index in this process, over generated vectors, and prints how much
// memory came with it, as JSON. `engine` is "hnswlib" (M = 16) or a layout of
// akin's.
absl::Status EngineMemory(const std::string& engine, size_t dimension,
                          size_t rows);

// Runs that in fresh processes: hnswlib beside akin's profiles, with 128 and
// 768 dimensions. The errors are those of the children.
absl::Status BenchMemory(size_t rows, Figures* figures);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_MEMORY_BENCH_H_
