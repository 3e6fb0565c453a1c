// What a walk costs, counted, and how near that is to what the machine allows.

#ifndef AKIN_TESTS_BENCH_ENGINE_WALK_COSTS_H_
#define AKIN_TESTS_BENCH_ENGINE_WALK_COSTS_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "index/build/index_plan.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/engine/roofline.h"
#include "tests/bench/engine/search_engine.h"
#include "tests/bench/statistics.h"

namespace akin::bench {

// Measures the machine as an index of that layout and size uses it: blocks as
// long as the walk's, in as much memory. RESOURCE_EXHAUSTED: no memory.
absl::StatusOr<MachineRates> MeasureRates(const IndexPlan& plan,
                                          size_t dimension, size_t index_bytes,
                                          const SearchCounts& counts);

// The distances of each query, at equal recall, on a set of so many rows.
struct GrowthPoint {
  double rows = 0;
  std::vector<double> distances;
};

// p of distances ~ rows^p, with an interval from resampling the queries. At
// least two points.
Estimate EstimateGrowth(const std::vector<GrowthPoint>& points);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_WALK_COSTS_H_
