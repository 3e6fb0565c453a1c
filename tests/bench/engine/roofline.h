// The least time a walk through a graph could take on a machine, given what it
// reads and computes: its roofline.

#ifndef AKIN_TESTS_BENCH_ENGINE_ROOFLINE_H_
#define AKIN_TESTS_BENCH_ENGINE_ROOFLINE_H_

#include "tests/bench/engine/search_engine.h"

namespace akin::bench {

// Measured in the same run.
struct MachineRates {
  // Of reading one of many blocks of neighbouring lines, known ahead, as long
  // as the walk's are on average, divided by its lines.
  double seconds_per_line = 0;
  // Of one distance with vectors in the cache; 0: not known, then computing
  // does not limit the model.
  double seconds_per_distance = 0;
  // Of one read that depends on the one before.
  double seconds_per_dependent_read = 0;
};

struct Roofline {
  double memory = 0;   // seconds: lines, all prefetched in time
  double compute = 0;  // seconds: distances
  // Seconds, if each hop waited once for memory. A walk hides some of it by
  // prefetching the vertex that it will probably expand next, so it is no
  // bound, and not part of the model.
  double waiting = 0;

  // The time below which the walk cannot come: the larger of memory and
  // compute, which overlap.
  double seconds() const { return memory > compute ? memory : compute; }
};

Roofline RooflineOf(const MachineRates& rates, const SearchCounts& counts);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_ROOFLINE_H_
