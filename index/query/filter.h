// Neighbours -> the k that may be in the answer, and why there are fewer.

#ifndef AKIN_INDEX_QUERY_FILTER_H_
#define AKIN_INDEX_QUERY_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "index/query/query.h"
#include "index/table/table.h"

namespace akin {

// Rows left out of an answer: `ids` of `table` that exist, and `own_rows`.
// Sorted, each once.
std::vector<uint32_t> ExcludedRows(const Table& table,
                                   const std::vector<absl::string_view>& ids,
                                   std::vector<uint32_t> own_rows);

// Takes excluded rows and those below min_score out of `neighbors`, keeps the
// first k, and explains a shortfall. `neighbors` holds the best
// min(k + excluded, rows) of the table, best first; `excluded` is sorted.
std::optional<Shortfall> FilterNeighbors(const Table& table,
                                         const SearchOptions& options,
                                         const std::vector<uint32_t>& excluded,
                                         std::vector<Neighbor>* neighbors);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_FILTER_H_
