// Why an id is where it is in the answer to a query, or not there at all.
// Thread-safe.

#ifndef AKIN_INDEX_QUERY_EXPLAIN_H_
#define AKIN_INDEX_QUERY_EXPLAIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/query/query.h"
#include "index/query/query_context.h"
#include "index/search/searcher.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

enum class Obstacle : uint8_t {
  kRank,       // k better ones may be in the answer
  kInput,      // the query names it
  kExcluded,   // exclude_ids or exclude_from
  kFilter,     // the filter does not hold for it
  kMinScore,   // it scores below min_score
  kIndex,      // an exact search finds it, the search as asked does not
  kDiversity,  // it would be among the best k but for diversity or full groups
};

struct Explanation {
  absl::string_view id;  // as stored; valid as long as the version
  // As an exact search would answer it. Of a fusion the fused score, its parts
  // searched for exactly and without filter or exclusion; 0 if none of them has
  // the id among its candidates.
  float score = 0;
  // Among all ids but those that the query itself names, from 1: one more than
  // have a better score, or the same and stand before it.
  uint64_t rank = 0;
  bool found = false;               // by the search as asked
  std::vector<Obstacle> obstacles;  // none if it was found
  std::optional<uint64_t> filter_matches;
  SearchStats stats;   // of the search as asked
  std::string detail;  // a sentence for people
};

// Searches as asked, scores every row, and, if need be, searches exactly. Of a
// ladder the query that answers is explained. `item` is of the searched table,
// whatever its `table` says. INVALID_ARGUMENT,
// RESOURCE_EXHAUSTED, CANCELLED, DEADLINE_EXCEEDED: as of RunQuery. NOT_FOUND:
// the table, an id of the query, or the item; also if the fallback of a ladder
// answers, whose ids have neither score nor rank.
absl::StatusOr<Explanation> Explain(const Version& version,
                                    absl::string_view table, const Query& query,
                                    const SearchOptions& options,
                                    const ItemRef& item,
                                    const StopSignal* stop = nullptr);

// The same by rules that are known already.
absl::StatusOr<Explanation> ExplainQuery(const QueryContext& context,
                                         const Query& query,
                                         const ItemRef& item);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_EXPLAIN_H_
