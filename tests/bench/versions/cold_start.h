// From a version's files in the page cache to its first answer, beside what the
// rivals need for theirs.

#ifndef AKIN_TESTS_BENCH_VERSIONS_COLD_START_H_
#define AKIN_TESTS_BENCH_VERSIONS_COLD_START_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/engine/figures.h"

namespace akin::bench {

// `set` as vector_set.h has it, `pairs` of starts a rival. Builds what is not
// in the folder `cache` yet.
absl::Status BenchColdStart(const std::string& set, const std::string& cache,
                            size_t pairs, Figures* figures);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_COLD_START_H_
