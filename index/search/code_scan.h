// Exact search for one query by way of the codes: one byte per component of
// every row is read, and the whole vectors only of rows that can still be among
// the best (code_bounds.h).

#ifndef AKIN_INDEX_SEARCH_CODE_SCAN_H_
#define AKIN_INDEX_SEARCH_CODE_SCAN_H_

#include "index/search/row_scores.h"
#include "index/search/searcher.h"
#include "index/table/codes.h"

namespace akin {

// False when the bounds cannot tell enough rows apart: then every row must be
// scored. True: the task is answered, or stopped. Adds to the stats.
bool CodeScan(const RowScores& scores, const Codes& codes, SearchTask* task);

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_CODE_SCAN_H_
