#include "index/formats/attribute_csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/status_macros.h"
#include "index/formats/number_field.h"

namespace akin {
namespace {

constexpr char kBetweenKeywords = '|';

template <class Number>
bool ParseWhole(const std::string& text, Number* number) {
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, *number);
  return error == std::errc() && at == end;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AttributeFile>> AttributeCsv::Open(
    std::unique_ptr<ByteStream> stream,
    const std::vector<AttributeDeclaration>& declared) {
  auto file =
      std::unique_ptr<AttributeCsv>(new AttributeCsv(std::move(stream)));
  AKIN_RETURN_IF_ERROR(file->ReadHeader(declared));
  return file;
}

absl::Status AttributeCsv::AddColumn(const std::string& header) {
  std::optional<AttributeType> type;
  const size_t colon = header.find(':');
  if (colon != std::string::npos) {
    AKIN_ASSIGN_OR_RETURN(type, ParseAttributeType(header.substr(colon + 1)));
  }
  const size_t before = columns_.size();
  AKIN_ASSIGN_OR_RETURN(const size_t column, ColumnOf(header.substr(0, colon)));
  if (column < before) {
    return absl::InvalidArgumentError(absl::StrCat(
        "attribute \"", columns_[column].name, "\" is there twice"));
  }
  columns_[column].type = type;
  return absl::OkStatus();
}

absl::Status AttributeCsv::ReadHeader(
    const std::vector<AttributeDeclaration>& declared) {
  AKIN_ASSIGN_OR_RETURN(const bool found, reader_.Next(&fields_));
  if (!found || fields_.size() < 2) {
    return Wrong(reader_.line(),
                 "expected a header of CSV: the id's column, then a name for "
                 "each attribute, with commas between; or JSONL");
  }
  for (size_t i = 1; i < fields_.size(); ++i) {
    if (const absl::Status added = AddColumn(fields_[i]); !added.ok()) {
      return Wrong(reader_.line(), added.message());
    }
  }
  for (const AttributeDeclaration& next : declared) {
    const auto column =
        std::find_if(columns_.begin(), columns_.end(),
                     [&](const Column& c) { return c.name == next.name; });
    if (column == columns_.end()) {
      return Wrong(reader_.line(),
                   absl::StrCat("has no attribute \"", next.name,
                                "\", of which a type is given"));
    }
    if (column->type.value_or(next.type) != next.type) {
      return Wrong(
          reader_.line(),
          absl::StrCat("has attribute \"", next.name, "\" as ",
                       AttributeTypeName(*column->type), ", the type given is ",
                       AttributeTypeName(next.type)));
    }
    column->type = next.type;
  }
  for (Column& column : columns_) column.is_text = !column.type.has_value();
  return absl::OkStatus();
}

absl::StatusOr<AttributeField> AttributeCsv::Parse(const Column& column,
                                                   std::string text) const {
  const AttributeType type = column.type.value_or(AttributeType::kKeyword);
  int64_t whole = 0;
  double real = 0;
  switch (type) {
    case AttributeType::kKeyword:
      return AttributeField(std::move(text));
    case AttributeType::kKeywordList:
      return AttributeField(std::vector<std::string>(
          absl::StrSplit(text, kBetweenKeywords, absl::SkipEmpty())));
    case AttributeType::kInt:
      if (ParseWhole(text, &whole)) return AttributeField(whole);
      break;
    case AttributeType::kFloat:
      if (ParseWhole(text, &real) && std::isfinite(real)) {
        return AttributeField(real);
      }
      break;
    case AttributeType::kBool:
      if (text == "true" || text == "false") {
        return AttributeField(text == "true");
      }
      break;
    case AttributeType::kTimestamp:
      if (const auto time = ParseTimestamp(text); time.ok()) {
        return AttributeField(*time);
      }
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "attribute \"", column.name, "\": expected ", AttributeTypeName(type),
      type == AttributeType::kTimestamp ? " in RFC 3339" : "", ", found ",
      ShownField(text)));
}

absl::StatusOr<bool> AttributeCsv::Next(AttributeRow* row) {
  AKIN_ASSIGN_OR_RETURN(const bool found, reader_.Next(&fields_));
  if (!found) return false;
  row->line = reader_.line();
  row->fields.clear();
  if (fields_.size() != columns_.size() + 1) {
    return Wrong(row->line,
                 absl::StrCat("has ", fields_.size(),
                              " fields, its header has ", columns_.size() + 1));
  }
  row->id = std::move(fields_[0]);
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (fields_[i + 1].empty()) continue;
    auto field = Parse(columns_[i], std::move(fields_[i + 1]));
    if (!field.ok()) return Wrong(row->line, field.status().message());
    row->fields.emplace_back(i, *std::move(field));
  }
  return true;
}

}  // namespace akin
