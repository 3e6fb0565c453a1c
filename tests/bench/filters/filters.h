// akin-bench filters: what a filter costs a search, and what it finds.

#ifndef AKIN_TESTS_BENCH_FILTERS_FILTERS_H_
#define AKIN_TESTS_BENCH_FILTERS_FILTERS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace akin::bench {

struct FiltersOptions {
  std::vector<std::string> sets = {"glove", "clusters-200k-128"};
  std::vector<double> shares = {0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99};
  size_t pairs = 10;               // of blocks
  double seconds_per_block = 0.3;  // of searching
  size_t recall_queries = 200;     // each answered exactly, too
  std::string json_out;
};

// NOT_FOUND: a set's data is not there. INVALID_ARGUMENT: no such set, or a
// share that is none.
absl::Status BenchFilters(const FiltersOptions& options);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_FILTERS_FILTERS_H_
