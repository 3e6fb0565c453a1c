// QUERY: a request against a pinned version -> hits with ids of that version.
//
// Thread-safe. Nothing sized by a number of the request is allocated before the
// number was checked. `stop` may be null; it is looked at before each query and
// between blocks of work of less than a millisecond, and outlives the call.

#ifndef AKIN_INDEX_QUERY_RUN_QUERY_H_
#define AKIN_INDEX_QUERY_RUN_QUERY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/worker_pool.h"
#include "index/query/query.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

// INVALID_ARGUMENT: an option out of range, what ResolveQuery and ClimbLadder
// say, or attributes asked of a table that has none. NOT_FOUND: the table, or
// an id of the query, with near ones (near_ids.h). RESOURCE_EXHAUSTED: the
// answer would be larger than a message may be. DEADLINE_EXCEEDED, CANCELLED:
// `stop` said so, and there is no answer.
absl::StatusOr<Answer> RunQuery(const Version& version, absl::string_view table,
                                const Query& query,
                                const SearchOptions& options,
                                const StopSignal* stop = nullptr);

// One answer a query, in order; each fails by itself. The call as a whole fails
// for what the queries share, for no queries or more than the cap, and when it
// is stopped. Queries for the best rows of one vector are searched for
// together; the others each by itself, on the threads of `pool`. Near ids are
// looked for once, for the first query that names something unknown.
absl::StatusOr<std::vector<absl::StatusOr<Answer>>> RunBatch(
    const Version& version, absl::string_view table,
    absl::Span<const Query> queries, const SearchOptions& options,
    WorkerPool* pool, const StopSignal* stop = nullptr);

struct StoredVector {
  absl::string_view id;  // as stored; valid as long as the version
  std::vector<float> values;
};

// The vectors of `ids` as they were trained, in order. `fold_case` as of
// ItemRef. INVALID_ARGUMENT: no ids or more than the cap. NOT_FOUND: the table
// or any of the ids. RESOURCE_EXHAUSTED as above.
absl::StatusOr<std::vector<StoredVector>> GetVectors(
    const Version& version, absl::string_view table,
    absl::Span<const absl::string_view> ids, bool fold_case = false);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_RUN_QUERY_H_
