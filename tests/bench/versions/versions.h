// akin-bench versions: what it takes to serve a version that lies on the disk,
// beside the rivals' own files.

#ifndef AKIN_TESTS_BENCH_VERSIONS_VERSIONS_H_
#define AKIN_TESTS_BENCH_VERSIONS_VERSIONS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace akin::bench {

struct VersionsOptions {
  std::string set = "clusters-1m-128";  // vector_set.h
  size_t pairs = 5;
  std::string cache;  // keeps indexes between runs; required
  std::string json_out;
};

// NOT_FOUND: the set's data is not there. INVALID_ARGUMENT: no cache.
absl::Status BenchVersions(const VersionsOptions& options);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_VERSIONS_H_
