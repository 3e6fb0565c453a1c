// akin-bench versions: what it takes to serve a version that lies on the disk,
// beside the rivals' own files, and what the calls notice when it takes the
// place of another.

#ifndef AKIN_TESTS_BENCH_VERSIONS_VERSIONS_H_
#define AKIN_TESTS_BENCH_VERSIONS_VERSIONS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/versions/swap_repository.h"

namespace akin::bench {

struct VersionsOptions {
  std::string set = "clusters-1m-128";  // vector_set.h
  size_t pairs = 5;                     // of cold starts; 0: none
  std::string cache;  // keeps indexes between runs; cold starts need it
  // Of each version that is swapped.
  SwapSizes swapped = {.items = 200'000, .users = 1000, .dimension = 64};
  size_t label_moves = 100;       // under load; 0: none
  double seconds_per_move = 0.2;  // between two of them
  size_t swaps = 12;              // of new versions under load; 0: none
  double seconds_before = 2;      // of load, to compare with
  size_t memory_swaps = 5;        // without load; 0: none
  std::string json_out;
};

// NOT_FOUND: the set's data is not there. INVALID_ARGUMENT: no cache.
// UNAVAILABLE: the server did not come up.
absl::Status BenchVersions(const VersionsOptions& options);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_VERSIONS_H_
