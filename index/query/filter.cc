#include "index/query/filter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace akin {

std::vector<uint32_t> RowsOf(const Table& table,
                             const std::vector<absl::string_view>& ids) {
  std::vector<uint32_t> rows;
  for (const absl::string_view id : ids) {
    if (const auto row = table.ids().Find(id)) rows.push_back(*row);
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

std::vector<uint32_t> WithRows(const std::vector<uint32_t>& rows,
                               const std::vector<uint32_t>& more) {
  std::vector<uint32_t> all;
  all.reserve(rows.size() + more.size());
  all.assign(rows.begin(), rows.end());
  for (const uint32_t row : more) {
    const auto at = std::lower_bound(all.begin(), all.end(), row);
    if (at == all.end() || *at != row) all.insert(at, row);
  }
  return all;
}

std::optional<Shortfall> FilterNeighbors(const Table& table,
                                         const SearchOptions& options,
                                         const std::vector<uint32_t>& excluded,
                                         std::vector<Neighbor>* neighbors) {
  std::erase_if(*neighbors, [&](const Neighbor& near) {
    return std::binary_search(excluded.begin(), excluded.end(), near.row);
  });
  if (neighbors->size() > options.k) neighbors->resize(options.k);
  const size_t candidates = neighbors->size();
  if (options.min_score.has_value()) {
    std::erase_if(*neighbors, [&](const Neighbor& near) {
      return near.score < *options.min_score;
    });
  }
  if (neighbors->size() == options.k) return std::nullopt;

  Shortfall shortfall{static_cast<uint32_t>(options.k - neighbors->size()),
                      Shortfall::Reason::kTableSize,
                      {}};
  if (neighbors->size() < candidates) {
    shortfall.reason = Shortfall::Reason::kMinScore;
    shortfall.detail =
        absl::StrCat("ids that score ", *options.min_score,
                     " or more and are not left out: ", neighbors->size());
  } else if (table.rows() >= options.k) {
    shortfall.reason = Shortfall::Reason::kExcluded;
    shortfall.detail =
        absl::StrCat("table ", table.name(), " has ", table.rows(), " ids and ",
                     excluded.size(), " of them are left out");
  } else {
    shortfall.detail = absl::StrCat(
        "table ", table.name(), " has only ", table.rows(), " ids",
        excluded.empty()
            ? ""
            : absl::StrCat(", ", excluded.size(), " of them left out"));
  }
  return shortfall;
}

}  // namespace akin
