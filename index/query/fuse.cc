#include "index/query/fuse.h"

#include <algorithm>
#include <limits>

#include "index/search/top_k.h"

namespace akin {

void RankFusion::Add(absl::Span<const Neighbor> part, float weight) {
  if (part.empty()) return;
  const double best = part.front().score;
  const double spread = best - part.back().score;
  scores_.reserve(scores_.size() + part.size());
  for (size_t i = 0; i < part.size(); ++i) {
    const double of_score =
        spread > 0 ? 1 - (best - part[i].score) / spread : 1;
    const double of_rank = 1 / (rank_constant_ + static_cast<double>(i + 1));
    scores_[part[i].row] +=
        weight *
        (method_ == FusionMethod::kReciprocalRank ? of_rank : of_score);
  }
}

std::vector<Neighbor> RankFusion::Take(size_t count) {
  TopK top;
  top.Begin(std::min(count, scores_.size()));
  // Of a hundred weights as large as a float can be the sum is none.
  constexpr double kMost = std::numeric_limits<float>::max();
  for (const auto& [row, score] : scores_) {
    top.Offer({row, static_cast<float>(std::min(score, kMost))});
  }
  scores_.clear();
  std::vector<Neighbor> best;
  top.Take(&best);
  return best;
}

}  // namespace akin
