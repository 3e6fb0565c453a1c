#include "index/query/attribute_rows.h"

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/query/filter.h"
#include "index/query/find_attribute.h"
#include "index/query/match_rows.h"

namespace akin {
namespace {

static_assert(kNoGroup == AttributeColumn::kNoGroup);

absl::Status CheckHasAttributes(const IndexedTable& target) {
  if (target.attributes() != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("table ", target.table().name(), " has no attributes"));
}

}  // namespace

absl::StatusOr<RowSet> MatchingRows(const IndexedTable& target,
                                    const Predicate& predicate,
                                    const StopSignal* stop) {
  AKIN_RETURN_IF_ERROR(CheckHasAttributes(target));
  return MatchRows(target, predicate, stop);
}

absl::StatusOr<std::vector<uint32_t>> ListedRows(const Version& version,
                                                 const IndexedTable& target,
                                                 const AttributeIds& from) {
  const IndexedTable* source = &target;
  if (!from.table.empty()) {
    AKIN_ASSIGN_OR_RETURN(source, version.FindTable(from.table));
  }
  AKIN_RETURN_IF_ERROR(CheckHasAttributes(*source));
  AKIN_ASSIGN_OR_RETURN(const std::vector<absl::string_view> ids,
                        KeywordsOf(version, target, from));
  return RowsOf(target.table(), ids);
}

absl::StatusOr<GroupOfRow> GroupsBy(const IndexedTable& target,
                                    absl::string_view attribute) {
  AKIN_RETURN_IF_ERROR(CheckHasAttributes(target));
  AKIN_ASSIGN_OR_RETURN(const AttributeColumn* column,
                        FindGrouping(target, attribute));
  return GroupOfRow([column](uint32_t row) { return column->Group(row); });
}

}  // namespace akin
