// The second half of exact search: scores the rows that bounds could not rule
// out.

#ifndef AKIN_INDEX_SEARCH_RERANK_H_
#define AKIN_INDEX_SEARCH_RERANK_H_

#include "index/search/candidates.h"
#include "index/search/row_scores.h"
#include "index/search/searcher.h"

namespace akin {

// `candidates`, finished, holds every row that may be among the best min(k,
// reach) of `task`; it is used up. Fills the answer, or marks the task stopped.
// Adds to the stats.
void Rerank(const RowScores& scores, Candidates* candidates, SearchTask* task);

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_RERANK_H_
