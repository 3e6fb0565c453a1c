// Speed against recall, and the comparison of two engines at equal recall.

#ifndef AKIN_TESTS_BENCH_ENGINE_CURVE_H_
#define AKIN_TESTS_BENCH_ENGINE_CURVE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace akin::bench {

// What one effort (the size of the pool, hnswlib's ef) came to.
struct CurvePoint {
  size_t effort = 0;
  double recall = 0;
  double qps = 0;  // queries a second
};

// The points that no other point beats in both recall and speed, by rising
// recall and falling speed.
std::vector<CurvePoint> ParetoFront(std::vector<CurvePoint> points);

struct CurveReading {
  double effort = 0;
  double qps = 0;
  // The least effort already has a higher recall than wanted: these are its
  // figures, and a lower effort does not exist (">" in reports).
  bool exceeded = false;
};

// Between the two neighbouring points of a Pareto front, straight lines of
// log(qps) and log(effort) over recall. Nothing when the front does not reach
// `recall`.
std::optional<CurveReading> ReadCurve(absl::Span<const CurvePoint> front,
                                      double recall);

// How queries are shared out between two neighbouring efforts so that their
// mean recall is exactly the wanted one: efforts are whole numbers, and one
// step may be worth a percent of recall.
struct EffortMix {
  size_t low = 0;
  size_t high = 0;
  double share_high = 1;  // of the queries
  double recall = 0;      // of the mix
  bool exceeded = false;  // as in CurveReading; then low == high

  // Of a figure that is `at_low` and `at_high` per query.
  double Mean(double at_low, double at_high) const {
    return at_low + share_high * (at_high - at_low);
  }
};

// Bisects the efforts in [least, most] for two neighbours with
// recall_of(low) < recall <= recall_of(high), starting from `guess`. Nothing
// when even `most` does not reach `recall`. `recall_of` is asked at most once
// for an effort.
std::optional<EffortMix> FindMix(
    double recall, size_t least, size_t most, size_t guess,
    const std::function<double(size_t)>& recall_of);

// p of the least squares fit y ~ x^p; at least two points, all above 0.
double GrowthExponent(absl::Span<const double> x, absl::Span<const double> y);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_CURVE_H_
