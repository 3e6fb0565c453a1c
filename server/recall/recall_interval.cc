#include "server/recall/recall_interval.h"

#include <algorithm>
#include <cmath>

namespace akin::server {

double StudentsT(double deviations, double freedom) {
  const double z = deviations;
  const double z2 = z * z;
  const double g1 = z * (z2 + 1) / 4;
  const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
  const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  return z + (g1 + (g2 + g3 / freedom) / freedom) / freedom;
}

double EffectiveTrials(const RecallSums& sums) {
  // Queries that found nothing and that the sample may have missed.
  constexpr double kHidden = 0.5;
  // What sums leave of a variance of zero.
  constexpr double kNoVariance = 1e-12;
  const auto n = static_cast<double>(sums.queries);
  const double mean = sums.mean();
  const double of_hits = mean * (1 - mean);  // variance, if they were single
  const double deviations = sums.squares - n * mean * mean;
  if (deviations < kNoVariance * n || of_hits <= 0) return n;
  const double of_queries =
      (deviations + kHidden * mean * mean) / (n - 1 + kHidden);
  return std::max(n, n * of_hits / of_queries);
}

RecallInterval WilsonInterval(double recall, double trials, double deviations) {
  const double z2 = deviations * deviations;
  const double shrink = 1 + z2 / trials;
  const double centre = (recall + z2 / (2 * trials)) / shrink;
  const double half =
      deviations / shrink *
      std::sqrt(recall * (1 - recall) / trials + z2 / (4 * trials * trials));
  // The ends of 0 and 1 are exact, whatever rounding makes of them.
  return {recall <= 0 ? 0 : std::max(0.0, centre - half),
          recall >= 1 ? 1 : std::min(1.0, centre + half)};
}

RecallInterval IntervalOf(const RecallSums& sums, double deviations) {
  if (sums.queries < 2) return {};
  const double t = StudentsT(deviations, static_cast<double>(sums.queries - 1));
  // Rounding may carry a mean of ones past 1.
  const double mean = std::clamp(sums.mean(), 0.0, 1.0);
  return WilsonInterval(mean, EffectiveTrials(sums), t);
}

}  // namespace akin::server
