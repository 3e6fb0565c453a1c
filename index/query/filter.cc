#include "index/query/filter.h"

#include <algorithm>
#include <iterator>

namespace akin {

void SortOnce(std::vector<uint32_t>* rows) {
  if (!std::is_sorted(rows->begin(), rows->end())) {
    std::sort(rows->begin(), rows->end());
  }
  rows->erase(std::unique(rows->begin(), rows->end()), rows->end());
}

std::vector<uint32_t> RowsOf(const Table& table,
                             const std::vector<absl::string_view>& ids) {
  std::vector<uint32_t> rows;
  for (const absl::string_view id : ids) {
    if (const auto row = table.ids().Find(id)) rows.push_back(*row);
  }
  SortOnce(&rows);
  return rows;
}

std::vector<uint32_t> WithRows(const std::vector<uint32_t>& rows,
                               const std::vector<uint32_t>& more) {
  std::vector<uint32_t> sorted = more;
  SortOnce(&sorted);
  std::vector<uint32_t> all;
  all.reserve(rows.size() + sorted.size());
  std::set_union(rows.begin(), rows.end(), sorted.begin(), sorted.end(),
                 std::back_inserter(all));
  return all;
}

bool DropLowScores(std::optional<float> min_score,
                   std::vector<Neighbor>* neighbors) {
  if (!min_score.has_value()) return false;
  const auto low = std::partition_point(
      neighbors->begin(), neighbors->end(),
      [&](const Neighbor& near) { return near.score >= *min_score; });
  if (low == neighbors->end()) return false;
  neighbors->erase(low, neighbors->end());
  return true;
}

}  // namespace akin
