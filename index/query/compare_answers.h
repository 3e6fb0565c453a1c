// Asks two versions the same and says how their answers differ.

#ifndef AKIN_INDEX_QUERY_COMPARE_ANSWERS_H_
#define AKIN_INDEX_QUERY_COMPARE_ANSWERS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/query/comparison.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

// What is asked: the k neighbours in `table` of each of `ids`, which both
// versions have in `query_table`.
struct SharedQueries {
  absl::string_view query_table;
  absl::string_view table;
  uint32_t k;
  absl::Span<const absl::string_view> ids;
};

// What the table is, and the figures about answers, rows and memory; those
// about ids and lengths are left zero. Each id is asked for by the vector that
// it has in the version that answers. A vector that is no query of `table`
// (without direction under cosine, too long under dot and l2) has an empty
// answer, which does not count for recall and time; an id that is no query in
// both versions is left out. Runs on the calling thread. NOT_FOUND: a table or
// an id. CANCELLED, DEADLINE_EXCEEDED: `stop`, which may be null, said so.
absl::StatusOr<TableComparison> CompareAnswers(const Version& before,
                                               const Version& after,
                                               const SharedQueries& queries,
                                               const StopSignal* stop);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_COMPARE_ANSWERS_H_
