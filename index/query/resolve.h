// Query -> what to search for, and the rows to leave out.

#ifndef AKIN_INDEX_QUERY_RESOLVE_H_
#define AKIN_INDEX_QUERY_RESOLVE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/query/query.h"
#include "index/version/version.h"

namespace akin {

// The terms of a product of similarities (CombinationMethod::kMul).
struct ProductTerms {
  // One behind the other, plus terms first; each as searchers take it.
  std::vector<float> vectors;
  std::vector<float> weights;  // of each
  size_t plus = 0;             // so many are plus terms

  bool empty() const { return weights.empty(); }
};

struct ResolvedQuery {
  // As the target's searchers take it: its dimension, finite, length 1 under
  // cosine. Empty: a fusion, or a product whose terms' sum has no direction.
  std::vector<float> vector;
  // Rows of the target that the query itself names and that are not to be in
  // its answer; unsorted.
  std::vector<uint32_t> own_rows;
  // As SearchTask::query_table: where the vector comes from decides how hard it
  // is to search for. kAnyTable for a vector as given, and for terms of several
  // tables.
  absl::string_view query_table;
  // What scores the rows found; empty: the vector does.
  ProductTerms product;
  // Of a fusion, else null: the query's own, and its parts.
  const Fusion* fusion = nullptr;
  std::vector<ResolvedQuery> parts;
};

// INVALID_ARGUMENT: empty query, wrong dimension, not finite, zero under
// cosine, too long under dot and l2 (kMaxComparedLength), no terms or too many,
// terms that cancel out, a weight out of range, an id of no or too many bytes,
// a product without cosine, a ladder, what CheckFusion says of a fusion.
// NOT_FOUND: a table, with near ones, or an id, without (WithNearIds).
absl::StatusOr<ResolvedQuery> ResolveQuery(const Version& version,
                                           const IndexedTable& target,
                                           const Query& query);

// The same of a query that is to be one vector: INVALID_ARGUMENT for products
// and fusions too.
absl::StatusOr<ResolvedQuery> ResolveVector(const Version& version,
                                            const IndexedTable& target,
                                            const Query& query);

// The row of `id`, or NOT_FOUND, which WithNearIds can say more about.
// INVALID_ARGUMENT: an id that is empty or longer than kMaxIdBytes.
// `fold_case` as of ItemRef.
absl::StatusOr<uint32_t> FindRow(const Version& version, const Table& table,
                                 absl::string_view id, bool fold_case);

// The same where an id that is not there is no error. Of any length.
std::optional<uint32_t> FindId(const IdMap& ids, absl::string_view id,
                               bool fold_case);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_RESOLVE_H_
