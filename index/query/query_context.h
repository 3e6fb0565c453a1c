// What the queries of one call share. Plain references: all of it must outlive
// the call.

#ifndef AKIN_INDEX_QUERY_QUERY_CONTEXT_H_
#define AKIN_INDEX_QUERY_QUERY_CONTEXT_H_

#include "absl/status/status.h"
#include "index/query/allowed_rows.h"
#include "index/query/search_options.h"
#include "index/search/row_scores.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

struct QueryContext {
  const Version& version;
  const IndexedTable& target;
  const SearchOptions& options;  // checked (check_options.h)
  const RowRules& rules;         // of these options
  const StopSignal* stop;        // may be null
};

// OK unless `stop`, which may be null, says that the answer is of no use any
// more: then CANCELLED or DEADLINE_EXCEEDED.
absl::Status CheckNotStopped(const StopSignal* stop, const Table& table);

// What gives the scores that are answered. Cheap to make.
RowScores ScoresOf(const IndexedTable& target);

// A score as it is answered: rounding may carry the cosine of two unit vectors
// past 1 by a few ulps.
float AnsweredScore(const Table& table, float score);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_QUERY_CONTEXT_H_
