// Lists of rows that are left out, and neighbours that are.

#ifndef AKIN_INDEX_QUERY_FILTER_H_
#define AKIN_INDEX_QUERY_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "index/search/searcher.h"
#include "index/table/table.h"

namespace akin {

// Sorted, each once.
void SortOnce(std::vector<uint32_t>* rows);

// The rows of those `ids` that `table` has. Sorted, each once.
std::vector<uint32_t> RowsOf(const Table& table,
                             const std::vector<absl::string_view>& ids);

// `rows`, which are sorted and there once, and `more`, which need not be.
// Sorted, each once.
std::vector<uint32_t> WithRows(const std::vector<uint32_t>& rows,
                               const std::vector<uint32_t>& more);

// Takes those that score less than `min_score`, if it is set, out of
// `neighbors`, which are sorted, best first. Whether there were any.
bool DropLowScores(std::optional<float> min_score,
                   std::vector<Neighbor>* neighbors);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_FILTER_H_
