#include "index/query/find_attribute.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/spelling.h"
#include "index/base/status_macros.h"
#include "index/query/resolve.h"

namespace akin {
namespace {

// The name is a part of the request, not of what it asks for.
absl::Status AsInvalidArgument(const absl::Status& unknown) {
  absl::Status status = absl::InvalidArgumentError(unknown.message());
  if (const std::optional<ErrorFacts> facts = FactsOf(unknown)) {
    status = WithFacts(std::move(status), *facts);
  }
  return status;
}

}  // namespace

absl::StatusOr<const AttributeColumn*> FindAttribute(const IndexedTable& table,
                                                     absl::string_view name) {
  const Attributes* attributes = table.attributes();
  const std::string& table_name = table.table().name();
  if (attributes == nullptr) {
    return AsInvalidArgument(UnknownNameError(
        "attribute", name,
        absl::StrCat("table ", table_name, ", which has none"), {}));
  }
  if (const AttributeColumn* column = attributes->Find(name)) return column;
  std::vector<std::string> names;
  for (const AttributeColumn& column : attributes->columns()) {
    names.push_back(column.name());
  }
  return AsInvalidArgument(UnknownNameError(
      "attribute", name,
      absl::StrCat("table ", table_name, ", which has ", SomeOf(names)),
      NearSpellings(name, [&](absl::string_view near) {
        return attributes->Find(near) != nullptr;
      })));
}

absl::StatusOr<const AttributeColumn*> FindGrouping(const IndexedTable& table,
                                                    absl::string_view name) {
  AKIN_ASSIGN_OR_RETURN(const AttributeColumn* column,
                        FindAttribute(table, name));
  if (column->type() != AttributeType::kKeywordList) return column;
  return absl::InvalidArgumentError(
      absl::StrCat("attribute \"", name, "\" of table ", table.table().name(),
                   " is keyword_list; answers are grouped by an attribute of "
                   "one value"));
}

absl::StatusOr<std::vector<absl::string_view>> KeywordsOf(
    const Version& version, const IndexedTable& searched,
    const AttributeIds& from) {
  const IndexedTable* table = &searched;
  if (!from.table.empty()) {
    AKIN_ASSIGN_OR_RETURN(table, version.FindTable(from.table));
  }
  AKIN_ASSIGN_OR_RETURN(const AttributeColumn* column,
                        FindAttribute(*table, from.attribute));
  if (column->type() != AttributeType::kKeyword &&
      column->type() != AttributeType::kKeywordList) {
    return absl::InvalidArgumentError(absl::StrCat(
        "attribute \"", from.attribute, "\" of table ", table->table().name(),
        " is ", AttributeTypeName(column->type()),
        ", expected keyword_list or keyword: ids are texts"));
  }
  std::vector<absl::string_view> keywords;
  const std::optional<uint32_t> row =
      FindId(table->table().ids(), from.id, from.fold_case);
  if (!row.has_value()) return keywords;
  std::vector<AttributeValue> values;
  column->AppendValues(*row, &values);
  keywords.reserve(values.size());
  for (const AttributeValue& value : values) {
    keywords.push_back(std::get<absl::string_view>(value));
  }
  return keywords;
}

}  // namespace akin
