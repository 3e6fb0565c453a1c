// Query -> the vector to search for, and the rows to leave out.

#ifndef AKIN_INDEX_QUERY_RESOLVE_H_
#define AKIN_INDEX_QUERY_RESOLVE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "index/query/query.h"
#include "index/version/version.h"

namespace akin {

struct ResolvedQuery {
  // As the target's searchers take it: its dimension, finite, length 1 under
  // cosine.
  std::vector<float> vector;
  // Rows of the target that the query itself names; unsorted.
  std::vector<uint32_t> own_rows;
  // As SearchTask::query_table: where the vector comes from decides how hard it
  // is to search for. kAnyTable for a vector as given, and for terms of several
  // tables.
  absl::string_view query_table;
};

// INVALID_ARGUMENT: empty query, wrong dimension, not finite, zero under
// cosine, too long under dot and l2 (kMaxComparedLength), no terms or too many,
// terms that cancel out, a weight out of range, an id of no or too many bytes.
// NOT_FOUND: a table or an id, with near ones.
absl::StatusOr<ResolvedQuery> ResolveQuery(const Version& version,
                                           const IndexedTable& target,
                                           const Query& query);

// The row of `id`, or NOT_FOUND with near ids. INVALID_ARGUMENT: an id that is
// empty or longer than kMaxIdBytes.
absl::StatusOr<uint32_t> FindRow(const Version& version, const Table& table,
                                 absl::string_view id);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_RESOLVE_H_
