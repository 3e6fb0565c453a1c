// akin-bench load: reading trained files, beside gensim.

#ifndef AKIN_TESTS_BENCH_LOAD_H_
#define AKIN_TESTS_BENCH_LOAD_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace akin::bench {

struct LoadBenchOptions {
  size_t pairs = 5;
  std::string python;  // of gensim
};

// glove-6b-50d-200k as GloVe text, word2vec binary and gzip, each read in fresh
// processes, akin and its rival in turn, files in the page cache. Prints the
// report, or "skipped: no data".
absl::Status BenchLoad(const LoadBenchOptions& options);

// akin-bench load-once FILE, the child: reads FILE into a Table as a load does
// and prints a LoadRun (load_files.h) as JSON.
absl::Status LoadOnce(const std::string& path);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_LOAD_H_
