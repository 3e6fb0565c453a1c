// The steps of QUERY that single queries, batches and explanations share.
// Thread-safe.

#ifndef AKIN_INDEX_QUERY_ANSWER_QUERY_H_
#define AKIN_INDEX_QUERY_ANSWER_QUERY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "index/query/allowed_rows.h"
#include "index/query/answer.h"
#include "index/query/query.h"
#include "index/query/query_context.h"
#include "index/query/resolve.h"
#include "index/query/search_rows.h"

namespace akin {

// Answers any query, as RunQuery says, by rules that are known already.
absl::StatusOr<Answer> AnswerQuery(const QueryContext& context,
                                   const Query& query);

// From resolving a query that is no ladder on.
absl::StatusOr<Answer> AnswerResolved(const QueryContext& context,
                                      const ResolvedQuery& resolved);

// Whether the engine can search for it together with others: one vector, and
// its best rows are the hits.
bool IsPlain(const Query& query, const SearchOptions& options);

// The steps of a plain query behind its search for k rows.
Answer AnswerPlain(const QueryContext& context, const AllowedRows& allowed,
                   Ranking found);

// Of rows, in their order. `metric_scores`: their scores are those of the
// table's metric.
std::vector<Hit> HitsOf(const QueryContext& context,
                        const std::vector<Neighbor>& rows, bool metric_scores);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_ANSWER_QUERY_H_
