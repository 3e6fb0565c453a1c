// All that is measured on one set of vectors.

#ifndef AKIN_TESTS_BENCH_ENGINE_SET_BENCH_H_
#define AKIN_TESTS_BENCH_ENGINE_SET_BENCH_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/engine/competition.h"
#include "tests/bench/engine/walk_costs.h"

namespace akin::bench {

// Everything: difficulty, builds, curves, comparisons, counts, roofline, exact
// search. What is returned is for the growth of the main layout; nothing, when
// it does not reach the recall. NOT_FOUND: the set's data is not there.
absl::StatusOr<std::optional<GrowthPoint>> BenchSet(
    const std::string& name, const BenchSetting& setting);

// Only what growth needs: akin's main layout, and no rivals.
absl::StatusOr<std::optional<GrowthPoint>> BenchGrowth(
    const std::string& name, const BenchSetting& setting);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_SET_BENCH_H_
