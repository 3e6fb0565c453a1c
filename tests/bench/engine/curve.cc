#include "tests/bench/engine/curve.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace akin::bench {
namespace {

double LogBetween(double at_low, double at_high, double share) {
  return std::exp(std::log(at_low) * (1 - share) + std::log(at_high) * share);
}

}  // namespace

std::vector<CurvePoint> ParetoFront(std::vector<CurvePoint> points) {
  std::sort(points.begin(), points.end(),
            [](const CurvePoint& a, const CurvePoint& b) {
              return a.recall > b.recall ||
                     (a.recall == b.recall && a.qps > b.qps);
            });
  std::vector<CurvePoint> front;
  for (const CurvePoint& point : points) {
    if (front.empty() || point.qps > front.back().qps) front.push_back(point);
  }
  std::reverse(front.begin(), front.end());
  return front;
}

std::optional<CurveReading> ReadCurve(absl::Span<const CurvePoint> front,
                                      double recall) {
  const auto at = std::find_if(
      front.begin(), front.end(),
      [&](const CurvePoint& point) { return point.recall >= recall; });
  if (at == front.end()) return std::nullopt;
  if (at == front.begin()) {
    return CurveReading{static_cast<double>(at->effort), at->qps,
                        at->recall > recall};
  }
  const CurvePoint& low = *(at - 1);
  const double share = (recall - low.recall) / (at->recall - low.recall);
  return CurveReading{LogBetween(static_cast<double>(low.effort),
                                 static_cast<double>(at->effort), share),
                      LogBetween(low.qps, at->qps, share), false};
}

std::optional<EffortMix> FindMix(
    double recall, size_t least, size_t most, size_t guess,
    const std::function<double(size_t)>& recall_of) {
  std::map<size_t, double> known;
  const auto ask = [&](size_t effort) {
    const auto at = known.find(effort);
    if (at != known.end()) return at->second;
    return known[effort] = recall_of(effort);
  };
  // Doubling steps away from the guess find two efforts around the wanted one.
  size_t high = std::clamp(guess, least, most);
  size_t step = 1;
  while (ask(high) < recall) {
    if (high == most) return std::nullopt;
    high = std::min(most, high + step);
    step *= 2;
  }
  size_t low = high;
  for (step = 1; ask(low) >= recall; step *= 2) {
    if (low == least) {
      const double least_recall = ask(least);
      return EffortMix{least, least, 1, least_recall, least_recall > recall};
    }
    high = low;
    low = low > least + step ? low - step : least;
  }
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    (ask(middle) < recall ? low : high) = middle;
  }
  const double at_low = ask(low);
  return EffortMix{low, high, (recall - at_low) / (ask(high) - at_low), recall,
                   false};
}

double GrowthExponent(absl::Span<const double> x, absl::Span<const double> y) {
  const auto count = static_cast<double>(x.size());
  double mean_x = 0;
  double mean_y = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    mean_x += std::log(x[i]) / count;
    mean_y += std::log(y[i]) / count;
  }
  double over = 0;
  double under = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double dx = std::log(x[i]) - mean_x;
    over += dx * (std::log(y[i]) - mean_y);
    under += dx * dx;
  }
  return over / under;
}

}  // namespace akin::bench
