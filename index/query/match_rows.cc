#include "index/query/match_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/find_attribute.h"
#include "index/query/query_context.h"

namespace akin {
namespace {

using Words = std::vector<uint64_t>;

// What a predicate is made of, with all of its parts.
struct Size {
  size_t predicates = 0;
  size_t values = 0;
};

absl::Status CheckSize(const Predicate& predicate, size_t depth, Size* size) {
  if (depth > kMaxPredicateDepth) {
    return absl::InvalidArgumentError(
        absl::StrCat("the filter has more than ", kMaxPredicateDepth,
                     " predicates within each other"));
  }
  size->values += predicate.values.size();
  if (++size->predicates > kMaxPredicates) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the filter has more than ", kMaxPredicates, " predicates"));
  }
  if (size->values > kMaxPredicateValues) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the filter has more than ", kMaxPredicateValues, " values"));
  }
  for (const Predicate& part : predicate.parts) {
    AKIN_RETURN_IF_ERROR(CheckSize(part, depth + 1, size));
  }
  return absl::OkStatus();
}

bool IsText(AttributeType type) {
  return type == AttributeType::kKeyword || type == AttributeType::kKeywordList;
}

// Answers one filter of one table.
class Matcher {
 public:
  Matcher(const IndexedTable& table, const StopSignal* stop)
      : table_(table), stop_(stop), rows_(table.table().rows()) {}

  absl::StatusOr<Words> Match(const Predicate& predicate) const {
    Words words((rows_ + 63) / 64);
    AKIN_RETURN_IF_ERROR(AddMatches(predicate, &words));
    return words;
  }

 private:
  // Sets the bits of the rows that it holds for.
  absl::Status AddMatches(const Predicate& predicate, Words* words) const {
    AKIN_RETURN_IF_ERROR(CheckNotStopped(stop_, table_.table()));
    switch (predicate.kind) {
      case Predicate::Kind::kAll:
        return AddAllOf(predicate.parts, words);
      case Predicate::Kind::kAny:
        for (const Predicate& part : predicate.parts) {
          AKIN_RETURN_IF_ERROR(AddMatches(part, words));
        }
        return absl::OkStatus();
      case Predicate::Kind::kNot:
        return AddNot(predicate.parts, words);
      default:
        return AddLeaf(predicate, words);
    }
  }

  absl::Status AddAllOf(const std::vector<Predicate>& parts,
                        Words* words) const {
    Words all;
    if (parts.empty()) all.assign(words->size(), ~uint64_t{0});
    for (const Predicate& part : parts) {
      AKIN_ASSIGN_OR_RETURN(Words one, Match(part));
      if (all.empty()) {
        all = std::move(one);
        continue;
      }
      for (size_t i = 0; i < all.size(); ++i) all[i] &= one[i];
    }
    Add(all, words);
    return absl::OkStatus();
  }

  absl::Status AddNot(const std::vector<Predicate>& parts, Words* words) const {
    if (parts.size() != 1) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a not of the filter has ", parts.size(), " predicates, expected 1"));
    }
    AKIN_ASSIGN_OR_RETURN(Words all, Match(parts[0]));
    for (uint64_t& word : all) word = ~word;
    Add(all, words);
    return absl::OkStatus();
  }

  // Bits beyond the table's rows are left out.
  void Add(const Words& more, Words* words) const {
    for (size_t i = 0; i < more.size(); ++i) (*words)[i] |= more[i];
    if (rows_ % 64 != 0) {
      words->back() &= ~uint64_t{0} >> (64 - rows_ % 64);
    }
  }

  absl::Status AddLeaf(const Predicate& predicate, Words* words) const {
    AKIN_ASSIGN_OR_RETURN(const AttributeColumn* column,
                          FindAttribute(table_, predicate.attribute));
    const absl::Span<uint64_t> bits = absl::MakeSpan(*words);
    switch (predicate.kind) {
      case Predicate::Kind::kIn:
        return AddIn(*column, predicate.values, bits);
      case Predicate::Kind::kRange:
        return AddRange(*column, predicate, bits);
      case Predicate::Kind::kPrefix:
        return AddPrefix(*column, predicate.values, bits);
      default:
        column->AddAll(bits);
        return absl::OkStatus();
    }
  }

  absl::Status AddIn(const AttributeColumn& column,
                     const std::vector<AttributeValue>& values,
                     absl::Span<uint64_t> bits) const {
    switch (column.type()) {
      case AttributeType::kKeyword:
      case AttributeType::kKeywordList:
        return AddEach<absl::string_view>(
            column, values,
            [&](absl::string_view text) { column.AddKeyword(text, bits); });
      case AttributeType::kBool:
        return AddEach<bool>(column, values,
                             [&](bool flag) { column.AddBool(flag, bits); });
      case AttributeType::kInt:
      case AttributeType::kTimestamp:
        return AddEach<int64_t>(column, values, [&](int64_t number) {
          column.AddBetween(number, number, bits);
        });
      case AttributeType::kFloat:
        return AddEach<double>(column, values, [&](double number) {
          column.AddBetween(number, number, bits);
        });
    }
    return absl::OkStatus();
  }

  // Each value once: a common one that is given a thousand times would cost as
  // many passes over all rows.
  template <class Value, class AddOne>
  absl::Status AddEach(const AttributeColumn& column,
                       const std::vector<AttributeValue>& given,
                       const AddOne& add) const {
    std::vector<Value> values;
    values.reserve(given.size());
    for (const AttributeValue& value : given) {
      AKIN_ASSIGN_OR_RETURN(const Value converted, As<Value>(column, value));
      values.push_back(converted);
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const Value& value : values) add(value);
    return absl::OkStatus();
  }

  absl::Status AddRange(const AttributeColumn& column,
                        const Predicate& predicate,
                        absl::Span<uint64_t> bits) const {
    switch (column.type()) {
      case AttributeType::kInt:
      case AttributeType::kTimestamp:
        return AddBetween<int64_t>(column, predicate, bits);
      case AttributeType::kFloat:
        return AddBetween<double>(column, predicate, bits);
      default:
        return Wrong(column, "a range", "int, float or timestamp");
    }
  }

  template <class Number>
  absl::Status AddBetween(const AttributeColumn& column,
                          const Predicate& predicate,
                          absl::Span<uint64_t> bits) const {
    Number low = std::numeric_limits<Number>::lowest();
    Number high = std::numeric_limits<Number>::max();
    bool empty = false;
    if (predicate.low.has_value()) {
      AKIN_ASSIGN_OR_RETURN(low, As<Number>(column, *predicate.low));
      if (predicate.low_open) empty = !StepUp(&low);
    }
    if (predicate.high.has_value()) {
      AKIN_ASSIGN_OR_RETURN(high, As<Number>(column, *predicate.high));
      if (predicate.high_open) empty = !StepDown(&high) || empty;
    }
    if (!empty) column.AddBetween(low, high, bits);
    return absl::OkStatus();
  }

  // To the next number; false: there is none.
  static bool StepUp(int64_t* number) {
    if (*number == std::numeric_limits<int64_t>::max()) return false;
    ++*number;
    return true;
  }
  static bool StepDown(int64_t* number) {
    if (*number == std::numeric_limits<int64_t>::lowest()) return false;
    --*number;
    return true;
  }
  static bool StepUp(double* number) {
    constexpr double kEnd = std::numeric_limits<double>::infinity();
    *number = std::nextafter(*number, kEnd);
    return *number < kEnd;
  }
  static bool StepDown(double* number) {
    constexpr double kEnd = -std::numeric_limits<double>::infinity();
    *number = std::nextafter(*number, kEnd);
    return *number > kEnd;
  }

  absl::Status AddPrefix(const AttributeColumn& column,
                         const std::vector<AttributeValue>& values,
                         absl::Span<uint64_t> bits) const {
    if (!IsText(column.type())) {
      return Wrong(column, "a prefix", "keyword or keyword_list");
    }
    if (values.size() != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("a prefix of attribute \"", column.name(), "\" has ",
                       values.size(), " values, expected 1"));
    }
    AKIN_ASSIGN_OR_RETURN(const absl::string_view prefix,
                          As<absl::string_view>(column, values[0]));
    column.AddPrefix(prefix, bits);
    return absl::OkStatus();
  }

  // A value as the column has them.
  template <class Value>
  absl::StatusOr<Value> As(const AttributeColumn& column,
                           const AttributeValue& value) const {
    if constexpr (std::is_same_v<Value, double>) {
      const auto* whole = std::get_if<int64_t>(&value);
      if (whole != nullptr) return static_cast<double>(*whole);
      const auto* real = std::get_if<double>(&value);
      if (real != nullptr && std::isnan(*real)) {
        return absl::InvalidArgumentError(
            absl::StrCat("attribute \"", column.name(), "\" of table ",
                         table_.table().name(), " is compared with NaN"));
      }
    }
    if constexpr (std::is_same_v<Value, int64_t>) {
      const auto* text = std::get_if<absl::string_view>(&value);
      if (text != nullptr && column.type() == AttributeType::kTimestamp) {
        auto time = ParseTimestamp(*text);
        AKIN_RETURN_IF_ERROR(Annotate(
            time.status(), absl::StrCat("attribute \"", column.name(), "\"")));
        return time;
      }
    }
    if (const auto* same = std::get_if<Value>(&value)) return *same;
    return absl::InvalidArgumentError(absl::StrCat(
        "attribute \"", column.name(), "\" of table ", table_.table().name(),
        " is ", AttributeTypeName(column.type()), ", the value given is ",
        ValueKindName(value)));
  }

  absl::Status Wrong(const AttributeColumn& column, absl::string_view what,
                     absl::string_view expected) const {
    return absl::InvalidArgumentError(absl::StrCat(
        "attribute \"", column.name(), "\" of table ", table_.table().name(),
        " is ", AttributeTypeName(column.type()), ", ", what, " is of ",
        expected));
  }

  const IndexedTable& table_;
  const StopSignal* const stop_;
  const size_t rows_;
};

}  // namespace

absl::StatusOr<RowSet> MatchRows(const IndexedTable& table,
                                 const Predicate& predicate,
                                 const StopSignal* stop) {
  Size size;
  AKIN_RETURN_IF_ERROR(CheckSize(predicate, 1, &size));
  AKIN_ASSIGN_OR_RETURN(Words words, Matcher(table, stop).Match(predicate));
  return RowSet(std::move(words), table.table().rows());
}

}  // namespace akin
