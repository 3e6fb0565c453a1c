#include "tests/bench/engine/difficulty.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace akin::bench {

double LocalIntrinsicDimension(absl::Span<const double> distances) {
  if (distances.empty()) return 0;
  double sum = 0;
  size_t count = 0;
  for (const double distance : distances) {
    if (distance <= 0) continue;
    sum += std::log(distance / distances.back());
    ++count;
  }
  return sum < 0 ? -static_cast<double>(count) / sum : 0;
}

Difficulty DifficultyOf(absl::Span<const double> nearest,
                        absl::Span<const double> means) {
  Difficulty out;
  const size_t queries = means.size();
  if (queries == 0) return out;
  out.neighbors = nearest.size() / queries;
  std::vector<double> dimensions;
  dimensions.reserve(queries);
  double contrast = 0;
  size_t contrasted = 0;
  for (size_t i = 0; i < queries; ++i) {
    const auto own = nearest.subspan(i * out.neighbors, out.neighbors);
    dimensions.push_back(LocalIntrinsicDimension(own));
    out.dimension += dimensions.back() / static_cast<double>(queries);
    // A query that is also a row is at no distance from it: the next one
    // counts.
    const auto nearest_other =
        std::find_if(own.begin(), own.end(), [](double d) { return d > 0; });
    if (nearest_other == own.end()) continue;
    contrast += means[i] / *nearest_other;
    ++contrasted;
  }
  std::sort(dimensions.begin(), dimensions.end());
  out.dimension_low = dimensions[queries / 10];
  out.dimension_high = dimensions[queries - 1 - queries / 10];
  if (contrasted > 0) out.contrast = contrast / static_cast<double>(contrasted);
  return out;
}

}  // namespace akin::bench
