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

// The rows of those `ids` that `table` has. Sorted, each once.
std::vector<uint32_t> RowsOf(const Table& table,
                             const std::vector<absl::string_view>& ids);

// `rows`, which are sorted, and `more`, which need not be. Sorted, each once.
std::vector<uint32_t> WithRows(const std::vector<uint32_t>& rows,
                               const std::vector<uint32_t>& more);

// Takes excluded rows and those below min_score out of `neighbors`, keeps the
// first k, and explains a shortfall. `neighbors` holds the best
// min(k + excluded, rows) of the table, best first; `excluded` is sorted.
std::optional<Shortfall> FilterNeighbors(const Table& table,
                                         const SearchOptions& options,
                                         const std::vector<uint32_t>& excluded,
                                         std::vector<Neighbor>* neighbors);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_FILTER_H_
