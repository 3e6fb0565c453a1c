// What every walk over a graph takes and leaves behind, whatever the layout.
//
// A walk is a best-first search with a bounded beam (Malkov and Yashunin,
// arXiv 1603.09320, algorithm 2): the nearest row not yet expanded is expanded,
// until the beam holds none.

#ifndef AKIN_INDEX_SEARCH_WALK_H_
#define AKIN_INDEX_SEARCH_WALK_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "index/search/searcher.h"

namespace akin {

struct WalkOptions {
  size_t effort = 0;   // rows the beam holds, at least 1
  size_t results = 0;  // nearest rows wanted, at least 1
  // Give up when the nearest row left is farther than this times the
  // `results`-th best so far, as squared distances (distance-based stopping,
  // arXiv 2505.15636). 0: never.
  float stop_factor = 0;
  uint32_t hidden_row = kNoRow;
  const StopSignal* stop = nullptr;
};

// A sorted list of rows, nearest first, as two arrays; what is done with it is
// compiled per SIMD target (beam-inl.h).
struct BeamArrays {
  std::vector<float> distances;
  std::vector<uint32_t> rows;  // the top bit says "expanded"
  size_t size = 0;

  void Reserve(size_t capacity);
};

// What a thread keeps from walk to walk, so that a warm one allocates nothing.
// Between walks `visited` is all zero. Not thread-safe.
struct WalkScratch {
  std::vector<uint64_t> visited;  // one bit per row
  // The rows whose bits are set: clearing those costs less than all.
  std::unique_ptr<uint32_t[]> touched;
  size_t rows = 0;  // what the two above have room for
  BeamArrays beam;
  BeamArrays results;
  BeamArrays leaders;
  BeamArrays starts;

  // Out: of the last walk. `nearest` points to the beam or the results.
  const BeamArrays* nearest = nullptr;
  SearchStats stats;
  bool stopped = false;

  void Reserve(size_t row_count);
};

// The calling thread's own.
WalkScratch& ThreadWalkScratch();

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_WALK_H_
