// Random filters of random tables against a look at every row.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/query/match_rows.h"
#include "index/table/attributes_builder.h"
#include "tests/support/predicates.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::string_view;
using Kind = Predicate::Kind;
using Random = std::mt19937_64;

// Random columns, and what random predicates say of each row one by one.
class RandomTable {
 public:
  RandomTable(size_t rows, Random* random)
      : random_(*random), values_(kAttributeTypes) {
    Rows vectors;
    for (size_t row = 0; row < rows; ++row) {
      vectors.emplace_back(absl::StrCat("r", row), std::vector<float>{1});
    }
    table_ =
        std::make_unique<IndexedTable>(MakeTable("t", Metric::kL2, vectors));
    AttributesBuilder builder(rows);
    for (int i = 0; i < kAttributeTypes; ++i) {
      const auto type = static_cast<AttributeType>(i);
      const size_t column = *builder.AddColumn(AttributeTypeName(type), type);
      values_[i].resize(rows);
      // Some are dense and some nearly empty, with few values or many.
      const uint64_t share = 1 + Below(100);
      distinct_ = Below(3) == 0 ? 2 + Below(5) : 2 + Below(3 * rows);
      for (uint32_t row = 0; row < rows; ++row) {
        if (Below(100) >= share) continue;
        values_[i][row] = {Value(type)};
        if (type != AttributeType::kKeywordList) {
          Expect(builder.Add(column, row, values_[i][row][0]));
          continue;
        }
        while (Below(3) != 0) values_[i][row].push_back(Value(type));
        std::vector<string_view> list;
        for (const AttributeValue& value : values_[i][row]) {
          list.push_back(std::get<string_view>(value));
        }
        Expect(builder.AddList(column, row, list));
      }
    }
    table_->SetAttributes(*std::move(builder).Build(nullptr));
  }

  const IndexedTable& table() const { return *table_; }

  Predicate AnyPredicate(int depth) {
    if (depth > 0 && Below(3) != 0) {
      const Kind kind =
          std::vector{Kind::kAll, Kind::kAny, Kind::kNot}[Below(3)];
      std::vector<Predicate> parts;
      const size_t count = kind == Kind::kNot ? 1 : Below(4);
      for (size_t i = 0; i < count; ++i) {
        parts.push_back(AnyPredicate(depth - 1));
      }
      return Of(kind, std::move(parts));
    }
    const auto type = static_cast<AttributeType>(Below(kAttributeTypes));
    const string_view name = AttributeTypeName(type);
    const bool is_text =
        type == AttributeType::kKeyword || type == AttributeType::kKeywordList;
    const size_t choice = Below(4);
    if (choice == 0) return Exists(name);
    if (choice > 1 && is_text && Below(2) == 0) {
      const string_view text = std::get<string_view>(Literal(type));
      return Prefix(name, text.substr(0, 1 + Below(4)));
    }
    if (choice > 1 && !is_text && type != AttributeType::kBool) {
      Predicate range = Range(name, {}, {});
      if (Below(5) != 0) range.low = Literal(type);
      if (Below(5) != 0) range.high = Literal(type);
      range.low_open = Below(2) == 0;
      range.high_open = Below(2) == 0;
      return range;
    }
    std::vector<AttributeValue> values;
    while (Below(4) != 0) values.push_back(Literal(type));
    return In(name, std::move(values));
  }

  bool Holds(const Predicate& predicate, uint32_t row) const {
    switch (predicate.kind) {
      case Kind::kAll:
        return std::all_of(predicate.parts.begin(), predicate.parts.end(),
                           [&](const auto& part) { return Holds(part, row); });
      case Kind::kAny:
        return std::any_of(predicate.parts.begin(), predicate.parts.end(),
                           [&](const auto& part) { return Holds(part, row); });
      case Kind::kNot:
        return !Holds(predicate.parts[0], row);
      default:
        break;
    }
    const AttributeType type = *ParseAttributeType(predicate.attribute);
    const auto& values = values_[static_cast<size_t>(type)][row];
    return std::any_of(values.begin(), values.end(), [&](const auto& value) {
      return HoldsFor(predicate, type, value);
    });
  }

 private:
  static void Expect(const absl::Status& status) {
    EXPECT_THAT(status, IsOk());
  }
  size_t Below(size_t end) { return random_() % end; }

  string_view Text(std::string text) {
    return texts_.emplace_back(std::move(text));
  }

  AttributeValue Value(AttributeType type) {
    const auto number = static_cast<int64_t>(Below(distinct_));
    switch (type) {
      case AttributeType::kKeyword:
      case AttributeType::kKeywordList:
        return Text(absl::StrCat(number));
      case AttributeType::kBool:
        return number % 2 == 0;
      case AttributeType::kFloat:
        return static_cast<double>(number) / 4 - 1;
      default:
        return number - 3;
    }
  }

  // A value, perhaps as another kind that stands for it.
  AttributeValue Literal(AttributeType type) {
    distinct_ = 2 + Below(2 * table_->table().rows());
    const AttributeValue value = Value(type);
    if (Below(2) == 0) return value;
    if (type == AttributeType::kFloat) {
      return static_cast<int64_t>(std::floor(std::get<double>(value)));
    }
    if (type == AttributeType::kTimestamp) {
      return Text(FormatTimestamp(std::get<int64_t>(value)));
    }
    return value;
  }

  // Below 0, 0 or above 0, as the value is below, at or above the literal.
  static int Compare(AttributeType type, const AttributeValue& value,
                     AttributeValue literal) {
    if (type == AttributeType::kFloat &&
        std::holds_alternative<int64_t>(literal)) {
      literal = static_cast<double>(std::get<int64_t>(literal));
    }
    if (type == AttributeType::kTimestamp &&
        std::holds_alternative<string_view>(literal)) {
      literal = *ParseTimestamp(std::get<string_view>(literal));
    }
    return value < literal ? -1 : value == literal ? 0 : 1;
  }

  static bool HoldsFor(const Predicate& predicate, AttributeType type,
                       const AttributeValue& value) {
    switch (predicate.kind) {
      case Kind::kIn:
        return std::any_of(predicate.values.begin(), predicate.values.end(),
                           [&](const auto& given) {
                             return Compare(type, value, given) == 0;
                           });
      case Kind::kRange: {
        const int low =
            predicate.low ? Compare(type, value, *predicate.low) : 1;
        const int high =
            predicate.high ? Compare(type, value, *predicate.high) : -1;
        return (predicate.low_open ? low > 0 : low >= 0) &&
               (predicate.high_open ? high < 0 : high <= 0);
      }
      case Kind::kPrefix:
        return absl::StartsWith(std::get<string_view>(value),
                                std::get<string_view>(predicate.values[0]));
      default:
        return true;
    }
  }

  Random& random_;
  size_t distinct_ = 2;
  std::deque<std::string> texts_;
  std::vector<std::vector<std::vector<AttributeValue>>> values_;  // by type
  std::unique_ptr<IndexedTable> table_;
};

TEST(MatchRowsProperty, EveryRowIsAsBruteForceSays) {
  Random random(20);
  size_t held = 0;
  size_t looked_at = 0;
  const std::vector<size_t> sizes = {1, 63, 64, 65, 300, 1000, 20'000};
  for (int round = 0; round < 60; ++round) {
    const size_t rows = round < 56 ? sizes[round % 6] : sizes[6];
    RandomTable table(rows, &random);
    for (int i = 0; i < (rows > 1000 ? 20 : 50); ++i) {
      const Predicate predicate = table.AnyPredicate(i % 5);
      const auto matched = MatchRows(table.table(), predicate);
      ASSERT_THAT(matched, IsOk());
      size_t count = 0;
      for (uint32_t row = 0; row < rows; ++row) {
        const bool holds = table.Holds(predicate, row);
        ASSERT_EQ(matched->Contains(row), holds)
            << "round " << round << ", predicate " << i << ", row " << row;
        count += holds;
      }
      ASSERT_EQ(matched->count(), count);
      held += count;
      looked_at += rows;
    }
  }
  // Neither nearly all nor nearly none.
  EXPECT_GT(held, looked_at / 10);
  EXPECT_LT(held, looked_at * 9 / 10);
}

}  // namespace
}  // namespace akin
