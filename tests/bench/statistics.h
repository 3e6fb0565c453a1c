// What a figure is made of: medians, and how sure they are.

#ifndef AKIN_TESTS_BENCH_STATISTICS_H_
#define AKIN_TESTS_BENCH_STATISTICS_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace akin::bench {

// Of at least one value; between the two middle ones of an even number.
double Median(std::vector<double> values);

// Of at least one value; sorts them.
float Percentile(std::vector<float>* values, double share);

struct Estimate {
  double median = 0;
  double low = 0;  // of the 95 % interval
  double high = 0;
};

// The median of at least one value with its bootstrap interval (percentiles of
// the medians of resamples). Seeded: the same values give the same interval.
// With a handful of values the interval is hardly narrower than their range.
Estimate EstimateMedian(absl::Span<const double> values);

// Runs `a` and `b` `pairs` times each in the order a b, b a, a b, ...: what
// drifts slowly on a machine then falls on both sides alike. Stops at the first
// error.
absl::Status RunInPairs(size_t pairs, const std::function<absl::Status()>& a,
                        const std::function<absl::Status()>& b);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_STATISTICS_H_
