// SEARCH: a resolved query -> the best rows that may be hits. Thread-safe.

#ifndef AKIN_INDEX_QUERY_SEARCH_ROWS_H_
#define AKIN_INDEX_QUERY_SEARCH_ROWS_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "index/query/allowed_rows.h"
#include "index/query/query_context.h"
#include "index/query/resolve.h"
#include "index/search/searcher.h"

namespace akin {

// Rows that may be hits.
struct Ranking {
  std::vector<Neighbor> rows;  // best first; of equal scores the lower row
  SearchStats stats;
  // A larger count would bring more rows.
  bool more = false;
  // No row that may be a hit is missing.
  bool all = false;
};

const Searcher& ChooseSearcher(const IndexedTable& target,
                               const SearchOptions& options);

// The search for the best `count` rows that are allowed, and as many more as
// will be taken out. Points to `resolved`, `allowed` and the context.
SearchTask TaskFor(const QueryContext& context, const ResolvedQuery& resolved,
                   const AllowedRows& allowed, size_t count);

// What such a task, which was not stopped, has found.
Ranking RankingOf(SearchTask task, const AllowedRows& allowed, size_t count);

// The best `count` allowed rows of any resolved query: by its vector, by its
// product, or fused from those of its parts. CANCELLED, DEADLINE_EXCEEDED: the
// context's signal, looked at before each search and while it lasts.
absl::StatusOr<Ranking> SearchRows(const QueryContext& context,
                                   const ResolvedQuery& resolved,
                                   const AllowedRows& allowed, size_t count);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_SEARCH_ROWS_H_
