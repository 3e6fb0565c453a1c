// The exact scores of a query against given ids, or against other queries.
// Thread-safe.

#ifndef AKIN_INDEX_QUERY_SCORE_H_
#define AKIN_INDEX_QUERY_SCORE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/query/query.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

struct IdScores {
  // In the order asked: what a hit of that id would have. NaN of an id that is
  // not there.
  std::vector<float> scores;
  std::vector<absl::string_view> unknown_ids;  // in the order asked
  // As stored, valid as long as the version; as asked of one that is not there.
  std::vector<absl::string_view> ids;
};

// Both. INVALID_ARGUMENT: nothing to score or more than the cap, or what
// ResolveVector says of a query. NOT_FOUND: the table, or an id of a query.
// CANCELLED, DEADLINE_EXCEEDED: `stop`, which may be null, said so.
// `fold_case`, as of ItemRef, is of `ids`.

absl::StatusOr<IdScores> ScoreIds(const Version& version,
                                  absl::string_view table, const Query& query,
                                  absl::Span<const absl::string_view> ids,
                                  const StopSignal* stop = nullptr,
                                  bool fold_case = false);

// By the table's metric. The first query that is wrong fails all.
absl::StatusOr<std::vector<float>> ScoreQueries(
    const Version& version, absl::string_view table, const Query& query,
    absl::Span<const Query> queries, const StopSignal* stop = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_SCORE_H_
