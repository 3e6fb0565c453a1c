// Predicate -> the rows it holds for: what a search is then limited to.

#ifndef AKIN_INDEX_QUERY_MATCH_ROWS_H_
#define AKIN_INDEX_QUERY_MATCH_ROWS_H_

#include "absl/status/statusor.h"
#include "index/query/predicate.h"
#include "index/search/row_set.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

// Exactly those rows of the table, from the indexes of its attributes. For
// every predicate it takes a bit for each row of the table. A range sets about
// a 32nd of the rows at most one by one, a nanosecond or two each, however many
// it holds for; a keyword that less than one row in 16 has, all of its rows
// (tests/bench/RESULTS.md, filters).
//
// An int is compared with floats too; a string with keywords and, as RFC 3339,
// with timestamps. Ranges are of ints, floats and timestamps, prefixes of
// keywords and lists.
//
// INVALID_ARGUMENT: an attribute that the table has not, with near names; a
// value of another type, naming both, or NaN; a kNot without exactly one part,
// a kPrefix without exactly one string; more than kMaxPredicates predicates or
// kMaxPredicateValues values, or deeper than kMaxPredicateDepth. All of it is
// found, whatever the other parts say. CANCELLED, DEADLINE_EXCEEDED: `stop`,
// which may be null and is looked at between predicates.
absl::StatusOr<RowSet> MatchRows(const IndexedTable& table,
                                 const Predicate& predicate,
                                 const StopSignal* stop = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_MATCH_ROWS_H_
