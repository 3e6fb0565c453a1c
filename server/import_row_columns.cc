#include "server/import_row_columns.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/base/utf8.h"

namespace akin::server {
namespace {

absl::Status Wrong(absl::string_view name, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("attribute \"", name, "\": ", what));
}

absl::StatusOr<AttributeType> KindOf(absl::string_view name,
                                     const v1::AttributeValue& value) {
  switch (value.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return AttributeType::kBool;
    case v1::AttributeValue::kIntValue:
      return AttributeType::kInt;
    case v1::AttributeValue::kFloatValue:
      return AttributeType::kFloat;
    case v1::AttributeValue::kStringValue:
      return AttributeType::kKeyword;
    case v1::AttributeValue::kTimestampValue:
      return AttributeType::kTimestamp;
    default:
      return Wrong(name,
                   "has an empty value, expected a bool, an int, a float, a "
                   "string or a timestamp");
  }
}

absl::Status CheckText(absl::string_view name, absl::string_view text) {
  if (text.size() <= kMaxKeywordBytes && IsValidUtf8(text)) {
    return absl::OkStatus();
  }
  return Wrong(name, absl::StrCat("has a text of ", text.size(),
                                  " bytes, expected at most ", kMaxKeywordBytes,
                                  " of UTF-8"));
}

absl::StatusOr<AttributeField> ReadTime(
    absl::string_view name, const google::protobuf::Timestamp& time) {
  constexpr int64_t kMostSeconds = 253'402'300'799;   // the year 9999
  constexpr int64_t kLeastSeconds = -62'135'596'800;  // the year 1
  if (time.seconds() < kLeastSeconds || time.seconds() > kMostSeconds ||
      time.nanos() < 0 || time.nanos() > 999'999'999) {
    return Wrong(name, absl::StrCat("has the timestamp ", time.seconds(),
                                    " s and ", time.nanos(),
                                    " ns, expected one of the years 1 to "
                                    "9999"));
  }
  return AttributeField(int64_t{time.seconds()} * 1'000'000 +
                        time.nanos() / 1000);
}

absl::StatusOr<AttributeField> ReadList(const v1::Attribute& attribute) {
  std::vector<std::string> texts;
  for (const v1::AttributeValue& value : attribute.values()) {
    AKIN_ASSIGN_OR_RETURN(const AttributeType kind,
                          KindOf(attribute.name(), value));
    if (kind != AttributeType::kKeyword) {
      return Wrong(attribute.name(),
                   absl::StrCat("has a value of type ", AttributeTypeName(kind),
                                ", expected strings: it is a keyword_list"));
    }
    AKIN_RETURN_IF_ERROR(CheckText(attribute.name(), value.string_value()));
    texts.push_back(value.string_value());
  }
  return AttributeField(std::move(texts));
}

// Of a kind that `type` takes.
absl::StatusOr<AttributeField> ReadValue(absl::string_view name,
                                         AttributeType type,
                                         const v1::AttributeValue& value) {
  switch (value.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return AttributeField(value.bool_value());
    case v1::AttributeValue::kIntValue:
      return AttributeField(int64_t{value.int_value()});
    case v1::AttributeValue::kFloatValue:
      if (std::isfinite(value.float_value())) {
        return AttributeField(value.float_value());
      }
      return Wrong(name, "has a number that is not finite");
    case v1::AttributeValue::kTimestampValue:
      return ReadTime(name, value.timestamp_value());
    default:
      break;
  }
  if (type == AttributeType::kTimestamp) {
    const auto time = ParseTimestamp(value.string_value());
    if (!time.ok()) return Wrong(name, time.status().message());
    return AttributeField(*time);
  }
  AKIN_RETURN_IF_ERROR(CheckText(name, value.string_value()));
  return AttributeField(value.string_value());
}

}  // namespace

RowColumns::RowColumns(const std::vector<AttributeDeclaration>& declared) {
  for (const AttributeDeclaration& next : declared) {
    columns_[next.name] = {next.type, true};
  }
}

absl::StatusOr<AttributeField> RowColumns::Read(
    const v1::Attribute& attribute) {
  const std::string& name = attribute.name();
  const auto found = columns_.find(name);
  if (found != columns_.end() &&
      found->second.type == AttributeType::kKeywordList) {
    return ReadList(attribute);
  }
  if (attribute.values_size() != 1) {
    return Wrong(name,
                 absl::StrCat("has ", attribute.values_size(),
                              " values, expected one, or that attribute_types "
                              "declares it as keyword_list"));
  }
  AKIN_ASSIGN_OR_RETURN(const AttributeType kind,
                        KindOf(name, attribute.values(0)));
  if (found == columns_.end()) {
    AKIN_RETURN_IF_ERROR(CheckName("attribute", name));
    if (columns_.size() == kMaxAttributes) {
      return Wrong(name, absl::StrCat("is one more than the ", kMaxAttributes,
                                      " that a table may have"));
    }
    // Not moved by itself: g++ 12 warns of what a field does not hold.
    auto field = ReadValue(name, kind, attribute.values(0));
    if (field.ok()) columns_[name] = {kind, false};
    return field;
  }
  Column& column = found->second;
  const bool widens = kind == AttributeType::kFloat && !column.declared &&
                      column.type == AttributeType::kInt;
  const bool stands =
      (kind == AttributeType::kInt && column.type == AttributeType::kFloat) ||
      (kind == AttributeType::kKeyword &&
       column.type == AttributeType::kTimestamp && column.declared);
  if (kind != column.type && !widens && !stands) {
    return Wrong(name,
                 absl::StrCat("has a value of type ", AttributeTypeName(kind),
                              ", expected ", AttributeTypeName(column.type)));
  }
  auto field = ReadValue(name, column.type, attribute.values(0));
  if (field.ok() && widens) column.type = kind;
  return field;
}

absl::Status RowColumns::Add(const v1::ImportRows& rows) {
  RowColumns after = *this;  // some hundred columns at most
  for (int i = 0; i < rows.attributes_size(); ++i) {
    AKIN_RETURN_IF_ERROR(Annotate(
        after.AddRow(rows.attributes(i)),
        absl::StrCat("row ", rows.offset() + i, " of table ", rows.table())));
  }
  *this = std::move(after);
  return absl::OkStatus();
}

absl::Status RowColumns::AddRow(const v1::ImportRowAttributes& row) {
  std::set<absl::string_view> names;
  for (const v1::Attribute& attribute : row.attributes()) {
    if (!names.insert(attribute.name()).second) {
      return Wrong(attribute.name(), "is there twice");
    }
    if (attribute.values().empty()) continue;
    AKIN_RETURN_IF_ERROR(Read(attribute).status());
    any_ = true;
  }
  return absl::OkStatus();
}

std::vector<AttributeDeclaration> RowColumns::types() const {
  std::vector<AttributeDeclaration> types;
  for (const auto& [name, column] : columns_) {
    types.push_back({name, column.type});
  }
  return types;
}

}  // namespace akin::server
