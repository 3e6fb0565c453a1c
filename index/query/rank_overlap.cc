#include "index/query/rank_overlap.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace akin {
namespace {

// [d]: how many ids the first d of both lists have in common, for d from 0 to
// the length of `longer`.
std::vector<double> SharedByDepth(RankedIds shorter, RankedIds longer) {
  absl::flat_hash_map<absl::string_view, size_t> ranks;
  ranks.reserve(shorter.size());
  for (size_t i = 0; i < shorter.size(); ++i) ranks.emplace(shorter[i], i + 1);
  std::vector<double> shared(longer.size() + 1, 0.0);
  for (size_t i = 0; i < longer.size(); ++i) {
    const auto found = ranks.find(longer[i]);
    if (found != ranks.end()) ++shared[std::max(i + 1, found->second)];
  }
  std::partial_sum(shared.begin(), shared.end(), shared.begin());
  return shared;
}

}  // namespace

double Overlap(RankedIds a, RankedIds b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.empty()) return 1;
  return SharedByDepth(a, b).back() / static_cast<double>(b.size());
}

double RankBiasedOverlap(RankedIds a, RankedIds b, double persistence) {
  // Rounding must not tell equal answers apart.
  if (a == b) return 1;
  if (a.size() > b.size()) std::swap(a, b);
  if (a.empty()) return 0;
  const std::vector<double> shared = SharedByDepth(a, b);
  const auto shorter = static_cast<double>(a.size());
  const auto longer = static_cast<double>(b.size());
  const double shared_short = shared[a.size()];
  double sum = 0;
  double weight = 1;  // persistence to the power of the depth
  for (size_t i = 1; i <= b.size(); ++i) {
    const auto depth = static_cast<double>(i);
    double agreement = shared[i] / depth;
    // As if the shorter list went on agreeing as it did up to its end.
    if (i > a.size()) {
      agreement += shared_short * (depth - shorter) / (shorter * depth);
    }
    weight *= persistence;
    sum += agreement * weight;
  }
  const double beyond =
      (shared.back() - shared_short) / longer + shared_short / shorter;
  return std::clamp(sum * (1 - persistence) / persistence + beyond * weight,
                    0.0, 1.0);
}

}  // namespace akin
