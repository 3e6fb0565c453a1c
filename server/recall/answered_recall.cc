#include "server/recall/answered_recall.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/container/flat_hash_set.h"

namespace akin::server {

double AnsweredRecall(absl::Span<const AnsweredHit> answered,
                      const std::vector<Hit>& truth, bool by_score) {
  // Floats summed in another order differ by about so much of the largest.
  constexpr float kRounding = 2e-6f;
  absl::flat_hash_set<absl::string_view> ids;
  for (const Hit& hit : truth) ids.insert(hit.id);
  const float last = truth.back().score;
  const float least =
      last - kRounding * std::max(std::abs(last), std::abs(truth[0].score));
  const auto found = static_cast<size_t>(std::count_if(
      answered.begin(), answered.end(), [&](const AnsweredHit& hit) {
        return ids.contains(hit.id) || (by_score && hit.score >= least);
      }));
  return static_cast<double>(std::min(found, truth.size())) /
         static_cast<double>(truth.size());
}

}  // namespace akin::server
