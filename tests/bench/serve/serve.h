// akin-bench serve: a server under load, beside its own empty call and beside
// the engine in process.

#ifndef AKIN_TESTS_BENCH_SERVE_SERVE_H_
#define AKIN_TESTS_BENCH_SERVE_SERVE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace akin::bench {

struct ServeOptions {
  std::vector<std::string> sets;  // vector_set.h
  size_t pairs = 10;              // of blocks
  double seconds_per_block = 1;
  double seconds_open_loop = 10;  // a load
  double seconds_overload = 10;   // a step
  size_t vanishing_clients = 1000;
  size_t mixed_calls = 1'000'000;
  std::string json_out;
};

// NOT_FOUND: a set's data is not there. UNAVAILABLE: the server did not come
// up.
absl::Status BenchServe(const ServeOptions& options);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVE_SERVE_H_
