// FirstOf: the first query that can be answered answers. Thread-safe.

#ifndef AKIN_INDEX_QUERY_LADDER_H_
#define AKIN_INDEX_QUERY_LADDER_H_

#include "absl/status/statusor.h"
#include "index/query/answer.h"
#include "index/query/query.h"
#include "index/query/query_context.h"

namespace akin {

// A query that names an id which is not there is passed over. Fallback ids that
// are not there, may not be hits or are of a full group are left out; min_score
// and diversity have no say in them. INVALID_ARGUMENT: what CheckLadder says,
// or what is wrong with a query before the one that answers. NOT_FOUND: a table
// that any of the queries names; or no query can be answered and there are no
// fallback ids.
absl::StatusOr<Answer> ClimbLadder(const QueryContext& context,
                                   const FirstOf& ladder);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_LADDER_H_
