// What exact search answers to a query that was answered before.

#ifndef AKIN_SERVER_RECALL_ASK_AGAIN_H_
#define AKIN_SERVER_RECALL_ASK_AGAIN_H_

#include "absl/status/statusor.h"
#include "akin/v1/search_service.pb.h"
#include "index/query/answer.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"
#include "server/recall/recall_report.h"

namespace akin::server {

struct ExactAnswer {
  Answer answer;
  FilterShare filter_share = FilterShare::kNoFilter;
  // It is the ids of the best scores, and nothing else.
  bool by_score = false;
};

// As RunQuery of the same query, options and filter, but exact, and without
// vectors and attributes. Errors as RunQuery says. Thread-safe.
absl::StatusOr<ExactAnswer> AskAgain(const Version& version,
                                     const v1::SearchRequest& request,
                                     const StopSignal* stop);

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_ASK_AGAIN_H_
