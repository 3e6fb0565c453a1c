// FUSE: several rankings -> one. Nothing here knows vectors.
//
//   RankFusion fusion(FusionMethod::kReciprocalRank, 60);
//   fusion.Add(by_text, 1);  fusion.Add(by_title, 2);
//   std::vector<Neighbor> best = fusion.Take(10);
//
// Not thread-safe.

#ifndef AKIN_INDEX_QUERY_FUSE_H_
#define AKIN_INDEX_QUERY_FUSE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "index/query/query.h"
#include "index/search/searcher.h"

namespace akin {

class RankFusion {
 public:
  // `rank_constant` is at least 1; kWeightedScore has no use for it.
  RankFusion(FusionMethod method, float rank_constant)
      : method_(method), rank_constant_(rank_constant) {}

  // The candidates of one part, best first. Under kWeightedScore the highest
  // counts 1 and the lowest 0; where all are equal each counts 1.
  void Add(absl::Span<const Neighbor> part, float weight);

  // Different rows added so far.
  size_t candidates() const { return scores_.size(); }

  // The best `count` of them with their fused scores, best first; of equal
  // scores the lower row. Leaves nothing.
  std::vector<Neighbor> Take(size_t count);

 private:
  const FusionMethod method_;
  const double rank_constant_;
  absl::flat_hash_map<uint32_t, double> scores_;
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_FUSE_H_
