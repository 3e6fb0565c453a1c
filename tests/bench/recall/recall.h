// What it costs a server under load to watch its own recall, and whether what
// it then says is so.

#ifndef AKIN_TESTS_BENCH_RECALL_RECALL_H_
#define AKIN_TESTS_BENCH_RECALL_RECALL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace akin::bench {

struct RecallBenchOptions {
  std::vector<std::string> sets;  // vector_set.h
  // What the watching may use of a processor.
  std::vector<double> cpu_shares = {0.01, 0.05};
  size_t pairs = 12;  // of blocks, watched and not
  double seconds_per_block = 2;
  double seconds_open_loop = 4;  // a load
  // More than the index is built to find, so that it is missed.
  double missed_target = 0.999;
  double most_alert_seconds = 60;
  std::string json_out;
};

absl::Status BenchRecall(const RecallBenchOptions& options);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_RECALL_RECALL_H_
