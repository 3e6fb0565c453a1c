#include "index/query/shortfall.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace akin {
namespace {

using Reason = Shortfall::Reason;

std::string LeftOut(size_t excluded) {
  return excluded == 0 ? "" : absl::StrCat(", ", excluded, " of them left out");
}

std::string Only(const Table& table, size_t excluded) {
  return absl::StrCat("table ", table.name(), " has only ", table.rows(),
                      " ids", LeftOut(excluded));
}

}  // namespace

std::optional<Shortfall> ExplainShortfall(const Table& table,
                                          const SearchOptions& options,
                                          const RowRules& rules,
                                          size_t excluded,
                                          const RowTally& tally, size_t hits) {
  if (hits >= options.k) return std::nullopt;
  const auto because = [&](Reason reason, std::string detail) {
    return Shortfall{static_cast<uint32_t>(options.k - hits), reason,
                     std::move(detail)};
  };
  if (tally.low_score) {
    return because(
        Reason::kMinScore,
        absl::StrCat("ids that score ", *options.min_score,
                     " or more and are not left out",
                     tally.groups ? " nor of a full group: " : ": ", hits));
  }
  if (tally.groups) {
    return because(
        Reason::kGroups,
        absl::StrCat("of the best ", tally.candidates, " ids all but ", hits,
                     " are of groups that are full",
                     tally.all ? ", and there are no others" : ""));
  }
  if (!tally.all) {
    return because(Reason::kCandidates,
                   absl::StrCat("there were ", tally.candidates,
                                " candidates to choose from"));
  }
  const size_t at_most = std::min<size_t>(options.k, table.rows());
  if (rules.matching.has_value() && rules.matching->count() < at_most) {
    return because(
        Reason::kFilter,
        absl::StrCat("the filter holds for ", rules.matching->count(), " of ",
                     table.rows(), " ids of table ", table.name()));
  }
  if (table.rows() < options.k) {
    return because(Reason::kTableSize, Only(table, excluded));
  }
  if (rules.matching.has_value()) {
    return because(
        Reason::kExcluded,
        absl::StrCat("the filter holds for ", rules.matching->count(),
                     " ids of table ", table.name(),
                     " and so many are left out that ", hits, " remain"));
  }
  return because(Reason::kExcluded,
                 absl::StrCat("table ", table.name(), " has ", table.rows(),
                              " ids and ", excluded, " of them are left out"));
}

}  // namespace akin
