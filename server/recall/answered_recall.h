// What share of the true hits an answer has.

#ifndef AKIN_SERVER_RECALL_ANSWERED_RECALL_H_
#define AKIN_SERVER_RECALL_ANSWERED_RECALL_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/query/answer.h"

namespace akin::server {

struct AnsweredHit {
  absl::string_view id;
  float score;
};

// `truth` are the hits of the exact answer, at least one, best first. With
// `by_score` an id that it does not have counts, too, if it scores no less than
// the last of them but for rounding: of equal scores either is right. Where an
// answer is not simply the best scores (groups, diversity, fusion, ladders)
// only ids count.
double AnsweredRecall(absl::Span<const AnsweredHit> answered,
                      const std::vector<Hit>& truth, bool by_score);

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_ANSWERED_RECALL_H_
