#include "index/table/attributes_builder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <type_traits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/base/utf8.h"

namespace akin {
namespace {

constexpr size_t kMaxValues = 0xFFFF'FFFE;

std::string Shown(const AttributeValue& value) {
  const absl::string_view kind = ValueKindName(value);
  if (const auto* text = std::get_if<absl::string_view>(&value)) {
    // It may be cut within a character.
    const std::string shown =
        RepairUtf8(text->substr(0, 64), Utf8Policy::kReplace);
    return absl::StrCat(kind, " \"", absl::Utf8SafeCEscape(shown), "\"");
  }
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return absl::StrCat(kind, " ", *number);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return absl::StrCat(kind, " ", *number);
  }
  return absl::StrCat(kind, " ", std::get<bool>(value) ? "true" : "false");
}

AttributeType TypeOf(const AttributeValue& value) {
  constexpr AttributeType kTypes[] = {AttributeType::kBool, AttributeType::kInt,
                                      AttributeType::kFloat,
                                      AttributeType::kKeyword};
  return kTypes[value.index()];
}

// A whole text that is a number of JSON's grammar, which has no zeros in front.
template <class Number>
std::optional<Number> ParseNumber(absl::string_view text) {
  absl::string_view digits = text;
  if (!digits.empty() && digits[0] == '-') digits.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || !is_digit(digits[0])) return std::nullopt;
  if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) {
    return std::nullopt;
  }
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return std::nullopt;
    // A whole number too large for an int, of which a float loses digits.
    if (text.find_first_of(".eE") == text.npos &&
        !ParseNumber<int64_t>(text).has_value()) {
      return std::nullopt;
    }
  }
  return number;
}

// All texts as numbers, or nothing.
template <class Number>
std::optional<std::vector<Number>> ParseAll(const IdMap& texts) {
  std::vector<Number> numbers(texts.size());
  for (uint32_t i = 0; i < texts.size(); ++i) {
    const std::optional<Number> number = ParseNumber<Number>(texts.Id(i));
    if (!number.has_value()) return std::nullopt;
    numbers[i] = *number;
  }
  return numbers;
}

// `values` in the order of `places`; those that were not given stay empty.
template <class Value>
std::vector<Value> InOrder(const std::vector<uint32_t>& places,
                           std::vector<Value> values) {
  if (places.empty() || values.empty()) return values;
  std::vector<Value> sorted;
  sorted.reserve(values.size());
  for (const uint32_t place : places) sorted.push_back(values[place]);
  return sorted;
}

// The same of values[0..ends[0]), values[ends[0]..ends[1]), ...
void PutListsInOrder(const std::vector<uint32_t>& places,
                     std::vector<uint32_t>* ends,
                     std::vector<uint32_t>* values) {
  if (places.empty()) return;
  std::vector<uint32_t> sorted_ends;
  std::vector<uint32_t> sorted;
  sorted_ends.reserve(ends->size());
  sorted.reserve(values->size());
  for (const uint32_t place : places) {
    const uint32_t begin = place == 0 ? 0 : (*ends)[place - 1];
    sorted.insert(sorted.end(), values->begin() + begin,
                  values->begin() + (*ends)[place]);
    sorted_ends.push_back(static_cast<uint32_t>(sorted.size()));
  }
  *ends = std::move(sorted_ends);
  *values = std::move(sorted);
}

// The texts in their order; `numbers` are changed to match.
SortedTexts SortTexts(const IdMap& texts, std::vector<uint32_t>* numbers) {
  std::vector<uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return texts.Id(a) < texts.Id(b); });
  std::vector<uint32_t> number_of(order.size());
  std::vector<absl::string_view> sorted;
  sorted.reserve(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) {
    number_of[order[i]] = i;
    sorted.push_back(texts.Id(order[i]));
  }
  for (uint32_t& number : *numbers) number = number_of[number];
  return SortedTexts(sorted);
}

absl::Status Mismatch(absl::string_view name, AttributeType expected,
                      absl::string_view found) {
  return absl::InvalidArgumentError(
      absl::StrCat("attribute \"", name, "\": expected ",
                   AttributeTypeName(expected), ", found ", found));
}

}  // namespace

absl::StatusOr<size_t> AttributesBuilder::AddColumn(
    absl::string_view name, std::optional<AttributeType> type) {
  AKIN_RETURN_IF_ERROR(CheckName("attribute", name));
  if (columns_.size() == kMaxAttributes) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute \"", name, "\" is one more than the ",
                     kMaxAttributes, " that a table may have"));
  }
  for (const Column& column : columns_) {
    if (column.name == name) {
      return absl::InvalidArgumentError(
          absl::StrCat("attribute \"", name, "\" is there twice"));
    }
  }
  Column& column = columns_.emplace_back();
  column.name = std::string(name);
  column.type = type;
  column.declared = type.has_value();
  return columns_.size() - 1;
}

absl::Status AttributesBuilder::SetType(AttributeType type,
                                        absl::string_view found,
                                        Column* column) {
  if (!column->type.has_value()) column->type = type;
  if (*column->type == type) return absl::OkStatus();
  const bool is_int = type == AttributeType::kInt;
  if (is_int && (*column->type == AttributeType::kFloat ||
                 *column->type == AttributeType::kTimestamp)) {
    return absl::OkStatus();
  }
  if (type == AttributeType::kFloat && *column->type == AttributeType::kInt &&
      !column->declared) {
    column->floats.assign(column->ints.begin(), column->ints.end());
    column->ints = std::vector<int64_t>();
    column->type = AttributeType::kFloat;
    return absl::OkStatus();
  }
  return Mismatch(column->name, *column->type, found);
}

absl::Status AttributesBuilder::CheckRoom(const Column& column) {
  if (column.rows.size() < kMaxValues && column.numbers.size() < kMaxValues) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "attribute \"", column.name, "\" has more than ", kMaxValues, " values"));
}

absl::Status AttributesBuilder::CheckText(const Column& column,
                                          absl::string_view text) {
  if (text.size() > kMaxKeywordBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "attribute \"", column.name, "\": expected a text of at most ",
        kMaxKeywordBytes, " bytes, found ", text.size()));
  }
  if (IsValidUtf8(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("attribute \"", column.name, "\": expected UTF-8, found \"",
                   absl::CHexEscape(text.substr(0, 64)), "\""));
}

absl::Status AttributesBuilder::AddText(absl::string_view text,
                                        Column* column) {
  AKIN_RETURN_IF_ERROR(CheckRoom(*column));
  const auto next = static_cast<uint32_t>(column->texts.size());
  column->numbers.push_back(
      column->texts.Add(text) ? next : *column->texts.Find(text));
  return absl::OkStatus();
}

absl::Status AttributesBuilder::Add(size_t column_number, uint32_t row,
                                    const AttributeValue& value) {
  Column& column = columns_[column_number];
  AKIN_RETURN_IF_ERROR(CheckRoom(column));
  // Checked before anything changes.
  const auto* text = std::get_if<absl::string_view>(&value);
  if (text != nullptr) AKIN_RETURN_IF_ERROR(CheckText(column, *text));
  const auto* real = std::get_if<double>(&value);
  if (real != nullptr && !std::isfinite(*real)) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute \"", column.name,
                     "\": expected a finite number, found ", *real));
  }
  AKIN_RETURN_IF_ERROR(SetType(TypeOf(value), Shown(value), &column));
  column.rows.push_back(row);
  if (text != nullptr) return AddText(*text, &column);
  if (const auto* flag = std::get_if<bool>(&value)) {
    column.numbers.push_back(*flag ? 1 : 0);
  } else if (real != nullptr) {
    column.floats.push_back(*real);
  } else if (*column.type == AttributeType::kFloat) {
    column.floats.push_back(static_cast<double>(std::get<int64_t>(value)));
  } else {
    column.ints.push_back(std::get<int64_t>(value));
  }
  return absl::OkStatus();
}

absl::Status AttributesBuilder::AddList(
    size_t column_number, uint32_t row,
    absl::Span<const absl::string_view> texts) {
  Column& column = columns_[column_number];
  AKIN_RETURN_IF_ERROR(CheckRoom(column));
  for (const absl::string_view text : texts) {
    AKIN_RETURN_IF_ERROR(CheckText(column, text));
  }
  AKIN_RETURN_IF_ERROR(SetType(AttributeType::kKeywordList, "a list", &column));
  if (texts.empty()) return absl::OkStatus();
  for (const absl::string_view text : texts) {
    AKIN_RETURN_IF_ERROR(AddText(text, &column));
  }
  column.rows.push_back(row);
  column.ends.push_back(static_cast<uint32_t>(column.numbers.size()));
  return absl::OkStatus();
}

void AttributesBuilder::ReadNumbers(size_t column_number) {
  Column& column = columns_[column_number];
  if (column.type != AttributeType::kKeyword || column.texts.size() == 0) {
    return;
  }
  if (const auto ints = ParseAll<int64_t>(column.texts)) {
    column.type = AttributeType::kInt;
    for (const uint32_t number : column.numbers) {
      column.ints.push_back((*ints)[number]);
    }
  } else if (const auto floats = ParseAll<double>(column.texts)) {
    column.type = AttributeType::kFloat;
    for (const uint32_t number : column.numbers) {
      column.floats.push_back((*floats)[number]);
    }
  } else {
    return;
  }
  column.numbers = std::vector<uint32_t>();
  column.texts = IdMap();
}

absl::StatusOr<ColumnValues> AttributesBuilder::Finish(Column column) const {
  std::vector<uint32_t> places;  // by row; empty: they are
  if (!std::is_sorted(column.rows.begin(), column.rows.end())) {
    places.resize(column.rows.size());
    std::iota(places.begin(), places.end(), 0);
    std::sort(places.begin(), places.end(), [&](uint32_t a, uint32_t b) {
      return column.rows[a] < column.rows[b];
    });
  }
  ColumnValues values;
  values.name = std::move(column.name);
  values.type = column.type.value_or(AttributeType::kKeyword);
  values.count = column.rows.size();
  values.rows = InOrder(places, std::move(column.rows));
  const auto twice = std::adjacent_find(values.rows.begin(), values.rows.end());
  if (twice != values.rows.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "attribute \"", values.name, "\" has two values for one row"));
  }
  if (values.count == rows_) values.rows = std::vector<uint32_t>();
  values.ints = InOrder(places, std::move(column.ints));
  values.floats = InOrder(places, std::move(column.floats));
  if (values.type == AttributeType::kKeywordList) {
    PutListsInOrder(places, &column.ends, &column.numbers);
    values.ends = std::move(column.ends);
    values.numbers = std::move(column.numbers);
  } else {
    values.numbers = InOrder(places, std::move(column.numbers));
  }
  if (column.texts.size() > 0) {
    values.texts = SortTexts(column.texts, &values.numbers);
  }
  for (auto* numbers : {&values.rows, &values.numbers, &values.ends}) {
    numbers->shrink_to_fit();
  }
  values.ints.shrink_to_fit();
  values.floats.shrink_to_fit();
  return values;
}

absl::StatusOr<Attributes> AttributesBuilder::Build(WorkerPool* pool) && {
  std::vector<ColumnValues> columns;
  columns.reserve(columns_.size());
  for (Column& column : columns_) {
    AKIN_ASSIGN_OR_RETURN(columns.emplace_back(), Finish(std::move(column)));
  }
  return Attributes::Build(rows_, std::move(columns), pool);
}

}  // namespace akin
