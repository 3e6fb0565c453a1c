// What a server holds while one version takes the place of another, and after.

#ifndef AKIN_TESTS_BENCH_VERSIONS_SWAP_MEMORY_H_
#define AKIN_TESTS_BENCH_VERSIONS_SWAP_MEMORY_H_

#include <string>

#include "absl/status/status.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/versions/versions.h"

namespace akin::bench {

// `runs` as BenchLabelMoves says.
absl::Status BenchSwapMemory(const VersionsOptions& options,
                             const std::string& runs, Figures* figures);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_SWAP_MEMORY_H_
