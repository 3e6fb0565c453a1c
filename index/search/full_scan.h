// Scores every row that may be answered: what exact search falls back to, and
// what it is measured against.

#ifndef AKIN_INDEX_SEARCH_FULL_SCAN_H_
#define AKIN_INDEX_SEARCH_FULL_SCAN_H_

#include "absl/types/span.h"
#include "index/search/row_scores.h"
#include "index/search/searcher.h"

namespace akin {

// Answers all tasks; each block of rows is read once for many of them. Adds to
// their stats.
void FullScan(const RowScores& scores, absl::Span<SearchTask* const> tasks);

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_FULL_SCAN_H_
