// Versions that take each other's place while calls are answered.

#ifndef AKIN_TESTS_BENCH_VERSIONS_SWAP_H_
#define AKIN_TESTS_BENCH_VERSIONS_SWAP_H_

#include <string>

#include "absl/status/status.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/versions/versions.h"

namespace akin::bench {

// `runs`: a repository that SealRuns has filled. By label, there and back:
// failed calls, and answers that are not of one version.
absl::Status BenchLabelMoves(const VersionsOptions& options,
                             const std::string& runs, Figures* figures);

// The same with versions that are sealed meanwhile, and what their loads do to
// the slowest calls.
absl::Status BenchSwaps(const VersionsOptions& options, const std::string& runs,
                        Figures* figures);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_SWAP_H_
