// What became of a table's ids from one version to another.

#ifndef AKIN_INDEX_QUERY_TABLE_DIFFERENCE_H_
#define AKIN_INDEX_QUERY_TABLE_DIFFERENCE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "index/search/stop_signal.h"
#include "index/table/table.h"

namespace akin {

inline constexpr size_t kNamedIds = 10;
inline constexpr size_t kSampledIds = 10'000;

// An id's rows.
struct SharedRow {
  uint32_t before;
  uint32_t after;
};

struct TableDifference {
  uint64_t ids_added = 0;
  uint64_t ids_lost = 0;
  // At most kNamedIds, in the order of the table that has them.
  std::vector<std::string> some_added;
  std::vector<std::string> some_lost;
  // Of the ids that both have, at most kSampledIds: all, or some chosen at
  // random; in random order, so that any number of the first is a sample too.
  std::vector<SharedRow> sample;
  // Median over `sample` of length after over length before, without those of
  // no length; 0 if there are no others.
  double norm_ratio = 0;
};

// The same for the same tables and seed. O(rows). CANCELLED, DEADLINE_EXCEEDED:
// `stop`, which may be null, said so.
absl::StatusOr<TableDifference> CompareTables(const Table& before,
                                              const Table& after, uint64_t seed,
                                              const StopSignal* stop);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_TABLE_DIFFERENCE_H_
