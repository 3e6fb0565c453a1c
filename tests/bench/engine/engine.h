// akin-bench engine: akin's graph index beside hnswlib, FAISS and the hardware,
// at equal recall, in one process.

#ifndef AKIN_TESTS_BENCH_ENGINE_ENGINE_H_
#define AKIN_TESTS_BENCH_ENGINE_ENGINE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace akin::bench {

struct EngineOptions {
  std::vector<std::string> sets;      // names of vector_set.h
  std::vector<std::string> layouts;   // of akin_engine.h; the first is the main
  std::vector<size_t> hnswlib_links;  // M, each built; the best one counts
  std::vector<std::string> faiss_sets;   // where FAISS' graph is built, too
  std::vector<std::string> build_sets;   // where builds are repeated in pairs
  std::vector<std::string> growth_sets;  // akin's main layout alone
  size_t k = 10;
  size_t threads = 1;        // that search in comparisons with rivals
  size_t build_threads = 0;  // 0: all processors
  size_t pairs = 15;
  size_t build_pairs = 3;
  size_t memory_rows = 100'000;  // 0: memory is not measured
  double seconds_per_block = 0.3;
  bool exact = true;
  bool hnswlib_huge_pages = false;
  std::string cache;     // a folder, or ""
  std::string target;    // "AVX2": nothing wider, on either side
  std::string json_out;  // a file, or ""
};

absl::Status BenchEngine(const EngineOptions& options);

// One index of akin, and `queries` searches by one thread: for callgrind.
struct EngineOnceOptions {
  std::string set = "clusters-20k-128";
  std::string layout = "fast";
  size_t k = 10;
  size_t effort = 64;
  size_t queries = 1000;
};
absl::Status EngineOnce(const EngineOnceOptions& options);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_ENGINE_H_
