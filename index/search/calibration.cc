#include "index/search/calibration.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace akin {
namespace {

using Curves = absl::Span<const RecallCurve>;

// Where `x` lies between `low` and `high` on the logarithm, 0 to 1.
double LogPosition(double x, double low, double high) {
  return high <= low ? 1.0 : std::log(x / low) / std::log(high / low);
}

double Between(double low, double high, double position) {
  return low + (high - low) * position;
}

// The measured k at or below `k`, and at or above it; null where there is none.
struct Neighbours {
  const RecallCurve* below = nullptr;
  const RecallCurve* above = nullptr;
};

// `curves` are of one query table, by rising k.
Neighbours Around(Curves curves, size_t k) {
  Neighbours found;
  for (const RecallCurve& curve : curves) {
    if (curve.k <= k) found.below = &curve;
    if (curve.k >= k) {
      found.above = &curve;
      break;
    }
  }
  return found;
}

struct Walk {
  double effort;
  double microseconds;
};

// The least that reached `target` on the curve.
std::optional<Walk> WalkOnCurve(const RecallCurve& curve, float target) {
  const auto reached =
      std::find_if(curve.points.begin(), curve.points.end(),
                   [&](const RecallPoint& p) { return p.recall >= target; });
  if (reached == curve.points.end()) return std::nullopt;
  if (reached == curve.points.begin()) {
    return Walk{1.0 * reached->effort, reached->microseconds};
  }
  const RecallPoint& before = *(reached - 1);
  const double at = (double{target} - before.recall) /
                    (double{reached->recall} - before.recall);
  return Walk{
      before.effort * std::pow(1.0 * reached->effort / before.effort, at),
      Between(before.microseconds, reached->microseconds, at)};
}

std::optional<RecallPoint> PointOnCurve(const RecallCurve& curve,
                                        double effort) {
  const auto& points = curve.points;
  if (effort < points.front().effort) return std::nullopt;
  const auto after =
      std::find_if(points.begin(), points.end(),
                   [&](const RecallPoint& p) { return p.effort >= effort; });
  RecallPoint point;
  if (after == points.end()) {
    point = points.back();
    const auto growth = static_cast<float>(effort / point.effort);
    point.distances *= growth;
    point.microseconds *= growth;
  } else if (after == points.begin()) {
    point = *after;
  } else {
    const RecallPoint& before = *(after - 1);
    const double at = LogPosition(effort, before.effort, after->effort);
    const auto mean = [at](float a, float b) {
      return static_cast<float>(Between(a, b, at));
    };
    point.recall = mean(before.recall, after->recall);
    point.distances = mean(before.distances, after->distances);
    point.microseconds = mean(before.microseconds, after->microseconds);
  }
  point.effort = static_cast<uint32_t>(effort);
  return point;
}

std::optional<Walk> WalkOfTable(Curves curves, float target, size_t k) {
  const auto [below, above] = Around(curves, k);
  if (below == nullptr) {
    return above == nullptr ? std::nullopt : WalkOnCurve(*above, target);
  }
  std::optional<Walk> walk = WalkOnCurve(*below, target);
  if (!walk.has_value() || below == above) return walk;
  if (above == nullptr) {
    const double more = static_cast<double>(k) / below->k;
    return Walk{walk->effort * more, walk->microseconds * more};
  }
  const std::optional<Walk> larger = WalkOnCurve(*above, target);
  if (!larger.has_value()) return std::nullopt;
  const double at = LogPosition(static_cast<double>(k), below->k, above->k);
  return Walk{walk->effort * std::pow(larger->effort / walk->effort, at),
              Between(walk->microseconds, larger->microseconds, at)};
}

std::optional<RecallPoint> PointOfTable(Curves curves, size_t effort,
                                        size_t k) {
  const auto pool = static_cast<double>(effort);
  const auto [below, above] = Around(curves, k);
  if (below == nullptr) {
    return above == nullptr ? std::nullopt : PointOnCurve(*above, pool);
  }
  std::optional<RecallPoint> point = PointOnCurve(*below, pool);
  if (!point.has_value()) return std::nullopt;
  if (above == nullptr) {
    // The cost is that of the walk; the recall what a pool as many times
    // smaller gave for as many times fewer neighbours.
    const double share = below->k / static_cast<double>(k);
    const std::optional<RecallPoint> smaller =
        PointOnCurve(*below, pool * share);
    if (!smaller.has_value()) return std::nullopt;
    point->recall = smaller->recall;
    return point;
  }
  // The larger k's curve may begin at a larger effort; its least costs as much
  // as this one, nearly.
  const std::optional<RecallPoint> other = PointOnCurve(
      *above, std::max<double>(pool, above->points.front().effort));
  if (!other.has_value()) return std::nullopt;
  const double at = LogPosition(static_cast<double>(k), below->k, above->k);
  const auto mean = [at](float a, float b) {
    return static_cast<float>(Between(a, b, at));
  };
  point->recall = mean(point->recall, other->recall);
  point->distances = mean(point->distances, other->distances);
  point->microseconds = mean(point->microseconds, other->microseconds);
  return point;
}

// How many of the first curves are of the same query table.
size_t SameTable(Curves curves) {
  size_t count = 1;
  while (count < curves.size() &&
         curves[count].query_table == curves[0].query_table) {
    ++count;
  }
  return count;
}

// What interpolation leaves of a whole number must not become the next one.
size_t RoundUp(double effort) {
  return static_cast<size_t>(std::ceil(effort * (1 - 1e-9)));
}

}  // namespace

Calibration::Calibration(std::vector<RecallCurve> curves,
                         float exact_microseconds)
    : exact_microseconds_(exact_microseconds) {
  curves_.reserve(curves.size());
  while (!curves.empty()) {
    const std::string table = curves.front().query_table;
    const auto others = std::stable_partition(
        curves.begin(), curves.end(),
        [&](const RecallCurve& c) { return c.query_table == table; });
    std::sort(curves.begin(), others,
              [](const auto& a, const auto& b) { return a.k < b.k; });
    std::move(curves.begin(), others, std::back_inserter(curves_));
    curves.erase(curves.begin(), others);
  }
}

absl::Span<const RecallCurve> Calibration::CurvesOf(
    absl::string_view query_table) const {
  for (Curves rest = curves_; !rest.empty();) {
    const size_t count = SameTable(rest);
    if (rest[0].query_table == query_table) return rest.first(count);
    rest.remove_prefix(count);
  }
  return curves_;
}

std::optional<size_t> Calibration::EffortFor(
    float target_recall, size_t k, absl::string_view query_table) const {
  if (target_recall >= 1 || curves_.empty()) return std::nullopt;
  double largest = 0;
  for (Curves rest = CurvesOf(query_table); !rest.empty();) {
    const size_t count = SameTable(rest);
    const auto walk = WalkOfTable(rest.first(count), target_recall, k);
    if (!walk.has_value()) return std::nullopt;
    if (exact_microseconds_ > 0 && walk->microseconds > exact_microseconds_) {
      return std::nullopt;
    }
    largest = std::max(largest, walk->effort);
    rest.remove_prefix(count);
  }
  return std::max(RoundUp(largest), k);
}

std::optional<RecallPoint> Calibration::Expect(
    size_t effort, size_t k, absl::string_view query_table) const {
  std::optional<RecallPoint> worst;
  for (Curves rest = CurvesOf(query_table); !rest.empty();) {
    const size_t count = SameTable(rest);
    const auto point = PointOfTable(rest.first(count), effort, k);
    if (!point.has_value()) return std::nullopt;
    if (!worst.has_value()) {
      worst = point;
    } else {
      worst->recall = std::min(worst->recall, point->recall);
      worst->distances = std::max(worst->distances, point->distances);
      worst->microseconds = std::max(worst->microseconds, point->microseconds);
    }
    rest.remove_prefix(count);
  }
  return worst;
}

}  // namespace akin
