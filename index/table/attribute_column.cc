#include "index/table/attribute_column.h"

#include <algorithm>
#include <utility>

namespace akin {
namespace {

constexpr size_t kBits = 64;

void SetBit(uint32_t row, absl::Span<uint64_t> words) {
  words[row / kBits] |= uint64_t{1} << (row % kBits);
}

// The row of every one of the column's `numbers`.
std::vector<uint32_t> RowsOfNumbers(const ColumnValues& values) {
  std::vector<uint32_t> rows;
  rows.reserve(values.numbers.size());
  for (uint32_t place = 0; place < values.count; ++place) {
    const uint32_t row = values.rows.empty() ? place : values.rows[place];
    const size_t end = values.ends.empty() ? place + 1 : values.ends[place];
    while (rows.size() < end) rows.push_back(row);
  }
  return rows;
}

}  // namespace

AttributeColumn::AttributeColumn(ColumnValues values, size_t table_rows)
    : values_(std::move(values)) {
  switch (type()) {
    case AttributeType::kKeyword:
    case AttributeType::kKeywordList:
      keywords_ = KeywordIndex(values_.numbers, RowsOfNumbers(values_),
                               values_.texts.size(), table_rows);
      break;
    case AttributeType::kBool:
      keywords_ = KeywordIndex(values_.numbers, RowsOfNumbers(values_),
                               /*distinct=*/2, table_rows);
      break;
    case AttributeType::kInt:
    case AttributeType::kTimestamp:
      ints_ = NumberIndex<int64_t>(std::move(values_.ints), values_.rows,
                                   table_rows);
      break;
    case AttributeType::kFloat:
      floats_ = NumberIndex<double>(std::move(values_.floats), values_.rows,
                                    table_rows);
      break;
  }
}

uint32_t AttributeColumn::PlaceOf(uint32_t row) const {
  const std::vector<uint32_t>& rows = values_.rows;
  if (rows.empty()) return row < values_.count ? row : kNoPlace;
  const auto found = std::lower_bound(rows.begin(), rows.end(), row);
  if (found == rows.end() || *found != row) return kNoPlace;
  return static_cast<uint32_t>(found - rows.begin());
}

void AttributeColumn::AppendValues(uint32_t row,
                                   std::vector<AttributeValue>* out) const {
  const uint32_t place = PlaceOf(row);
  if (place == kNoPlace) return;
  switch (type()) {
    case AttributeType::kKeyword:
      out->emplace_back(values_.texts[values_.numbers[place]]);
      return;
    case AttributeType::kKeywordList: {
      const uint32_t begin = place == 0 ? 0 : values_.ends[place - 1];
      for (uint32_t i = begin; i < values_.ends[place]; ++i) {
        out->emplace_back(values_.texts[values_.numbers[i]]);
      }
      return;
    }
    case AttributeType::kBool:
      out->emplace_back(values_.numbers[place] != 0);
      return;
    case AttributeType::kInt:
    case AttributeType::kTimestamp:
      out->emplace_back(ints_.numbers()[place]);
      return;
    case AttributeType::kFloat:
      out->emplace_back(floats_.numbers()[place]);
      return;
  }
}

uint32_t AttributeColumn::Group(uint32_t row) const {
  const uint32_t place = PlaceOf(row);
  if (place == kNoPlace) return kNoGroup;
  switch (type()) {
    case AttributeType::kInt:
    case AttributeType::kTimestamp:
      return ints_.CountBelow(ints_.numbers()[place]);
    case AttributeType::kFloat:
      return floats_.CountBelow(floats_.numbers()[place]);
    default:
      return values_.numbers[place];
  }
}

void AttributeColumn::AddAll(absl::Span<uint64_t> words) const {
  if (!values_.rows.empty()) {
    for (const uint32_t row : values_.rows) SetBit(row, words);
    return;
  }
  const size_t full = values_.count / kBits;
  std::fill_n(words.begin(), full, ~uint64_t{0});
  const size_t rest = values_.count % kBits;
  if (rest != 0) words[full] |= ~uint64_t{0} >> (kBits - rest);
}

void AttributeColumn::AddKeyword(absl::string_view text,
                                 absl::Span<uint64_t> words) const {
  const std::optional<uint32_t> number = values_.texts.Find(text);
  if (number.has_value()) keywords_.AddTo(*number, *number + 1, words);
}

void AttributeColumn::AddPrefix(absl::string_view text,
                                absl::Span<uint64_t> words) const {
  const auto [first, last] = values_.texts.WithPrefix(text);
  keywords_.AddTo(first, last, words);
}

void AttributeColumn::AddBool(bool value, absl::Span<uint64_t> words) const {
  const uint32_t number = value ? 1 : 0;
  keywords_.AddTo(number, number + 1, words);
}

void AttributeColumn::AddBetween(int64_t low, int64_t high,
                                 absl::Span<uint64_t> words) const {
  ints_.AddBetween(low, high, values_.rows, words);
}

void AttributeColumn::AddBetween(double low, double high,
                                 absl::Span<uint64_t> words) const {
  floats_.AddBetween(low, high, values_.rows, words);
}

size_t AttributeColumn::memory_bytes() const {
  return (values_.rows.size() + values_.numbers.size() + values_.ends.size()) *
             sizeof(uint32_t) +
         values_.texts.memory_bytes() + keywords_.memory_bytes() +
         ints_.memory_bytes() + floats_.memory_bytes();
}

}  // namespace akin
