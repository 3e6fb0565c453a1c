// COMPARE: two loaded versions of a model -> how much their answers differ.
//
// Queries are ids that both versions have, each by the vector which it has in
// the version that answers: the spaces of two training runs are not aligned.
// The index's answers and the exact ones come from RunQuery and RunBatch, so
// that what is compared is what would be served.
//
// Thread-safe; runs on the calling thread, for seconds: a look at every id, and
// for each pair of tables `queries` searches of each version, beside as many
// exact ones where there is another index.

#ifndef AKIN_INDEX_QUERY_COMPARE_VERSIONS_H_
#define AKIN_INDEX_QUERY_COMPARE_VERSIONS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/query/comparison.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

inline constexpr uint32_t kMaxComparedK = 100;
inline constexpr uint32_t kMaxComparedQueries = 10'000;

// Ids whose vectors are the queries. Those that not both versions have are left
// out, and named in the comparison; one that is recorded twice is asked once.
struct RecordedQueries {
  absl::string_view query_table;
  std::vector<absl::string_view> ids;  // 1..kMaxComparedQueries
};

// The views must outlive the call.
struct CompareOptions {
  // Whose answers are compared; none: all that both versions have.
  std::vector<absl::string_view> tables = {};
  uint32_t k = 10;         // 1..kMaxComparedK
  uint32_t queries = 500;  // at most, a pair of tables; 1..kMaxComparedQueries
  // If there are any: instead of ids chosen at random, and only from these
  // query tables.
  std::vector<RecordedQueries> recorded = {};
  uint64_t seed = 20161;  // of the choice
};

// One TableComparison a pair of tables that both versions have, by query table
// and then by table, in the order of `before`. Pairs of different dimensions
// have no queries. INVALID_ARGUMENT: versions of two models; k, the number of
// queries or of recorded ids out of range; a query table recorded twice.
// NOT_FOUND: a table of `tables` or of `recorded` that one version does not
// have; recorded ids of which none is in both. CANCELLED, DEADLINE_EXCEEDED:
// `stop`, which may be null, said so, and there is no comparison.
absl::StatusOr<Comparison> CompareVersions(const Version& before,
                                           const Version& after,
                                           const CompareOptions& options,
                                           const StopSignal* stop = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_COMPARE_VERSIONS_H_
