// Two engines side by side: short blocks of searches in turn (ABBA), so that
// what else the machine does falls on both alike.

#ifndef AKIN_TESTS_BENCH_ENGINE_BLOCKS_H_
#define AKIN_TESTS_BENCH_ENGINE_BLOCKS_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "tests/bench/engine/curve.h"
#include "tests/bench/engine/search_engine.h"
#include "tests/bench/engine/vector_set.h"
#include "tests/bench/statistics.h"

namespace akin::bench {

// What one block did.
struct Block {
  double done = 0;         // queries, or whatever is counted
  double seconds = 0;      // of the wall
  double cpu_seconds = 0;  // of the threads that worked
};

// Calls work(thread) on `threads` threads, the caller's among them, and returns
// the seconds they took.
Block TimeOnThreads(size_t threads, const std::function<void(size_t)>& work);

// A side of a comparison that searches. Its queries go round and round.
class SearchSide {
 public:
  // The block has about `seconds`, by the speed of the last one.
  SearchSide(const VectorSet* set, SearchEngine* engine, const EffortMix& mix,
             size_t k, size_t threads, double seconds);

  // Searches with both efforts of the mix, each with its share of the queries.
  Block Run();

 private:
  void Search(size_t effort, size_t count, Block* block);

  const VectorSet& set_;
  SearchEngine& engine_;
  const EffortMix mix_;
  const size_t k_;
  const size_t threads_;
  const double wanted_seconds_;
  size_t count_;     // queries of the next block
  size_t next_ = 0;  // query
};

struct BlockComparison {
  Estimate ratio;      // the first side's speed over the second's, by the wall
  Estimate cpu_ratio;  // the same by processor time
  double rate_a = 0;   // done a second: medians
  double rate_b = 0;
  double cpu_rate_a = 0;  // done per processor second
  double cpu_rate_b = 0;
  size_t dropped = 0;  // pairs in which the host took processor time away
};

// Runs a b, b a, a b, ...: `pairs` pairs, after one of each that does not
// count. A pair in which the host of a virtual machine stole more than 2 % of
// the processors is run again, at most `pairs` times in all.
BlockComparison CompareInBlocks(size_t pairs, const std::function<Block()>& a,
                                const std::function<Block()>& b);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_BLOCKS_H_
