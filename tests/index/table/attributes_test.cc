#include "index/table/attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/table/attributes_builder.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using absl::string_view;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr size_t kRows = 70;

std::vector<uint32_t> RowsIn(const std::vector<uint64_t>& words) {
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row < words.size() * 64; ++row) {
    if ((words[row / 64] >> (row % 64) & 1) != 0) rows.push_back(row);
  }
  return rows;
}

template <class Add>
std::vector<uint32_t> Rows(const Add& add) {
  std::vector<uint64_t> words((kRows + 63) / 64);
  add(absl::MakeSpan(words));
  return RowsIn(words);
}

std::vector<AttributeValue> Values(const AttributeColumn& column,
                                   uint32_t row) {
  std::vector<AttributeValue> values;
  column.AppendValues(row, &values);
  return values;
}

class AttributesTest : public testing::Test {
 protected:
  size_t Column(const std::string& name,
                std::optional<AttributeType> type = std::nullopt) {
    const auto column = builder_.AddColumn(name, type);
    EXPECT_THAT(column, IsOk());
    return *column;
  }
  template <class... Values>
  void Put(size_t column, uint32_t row, Values... value) {
    EXPECT_THAT(builder_.Add(column, row, AttributeValue(value...)), IsOk());
  }
  Attributes Build() {
    auto built = std::move(builder_).Build(nullptr);
    EXPECT_THAT(built, IsOk());
    return *std::move(built);
  }

  AttributesBuilder builder_{kRows};
};

TEST_F(AttributesTest, KeywordsAreFoundWhole) {
  const size_t genre = Column("genre");
  // In no order, of rows or of texts.
  Put(genre, 64, string_view("war"));
  Put(genre, 3, string_view("drama"));
  Put(genre, 2, string_view(""));
  Put(genre, 69, string_view("warm"));
  Put(genre, 5, string_view("war"));
  const Attributes attributes = Build();
  const AttributeColumn* column = attributes.Find("genre");
  ASSERT_NE(column, nullptr);
  EXPECT_EQ(column->type(), AttributeType::kKeyword);
  EXPECT_EQ(column->count(), 5u);
  EXPECT_EQ(column->keywords(), 4u);
  EXPECT_THAT(Values(*column, 5),
              ElementsAre(AttributeValue(string_view("war"))));
  EXPECT_THAT(Values(*column, 2), ElementsAre(AttributeValue(string_view(""))));
  EXPECT_THAT(Values(*column, 4), IsEmpty());
  EXPECT_TRUE(column->Has(69));
  EXPECT_FALSE(column->Has(68));

  EXPECT_THAT(Rows([&](auto words) { column->AddKeyword("war", words); }),
              ElementsAre(5, 64));
  EXPECT_THAT(Rows([&](auto words) { column->AddKeyword("wa", words); }),
              IsEmpty());
  EXPECT_THAT(Rows([&](auto words) { column->AddPrefix("wa", words); }),
              ElementsAre(5, 64, 69));
  EXPECT_THAT(Rows([&](auto words) { column->AddPrefix("", words); }),
              ElementsAre(2, 3, 5, 64, 69));
  EXPECT_THAT(Rows([&](auto words) { column->AddPrefix("x", words); }),
              IsEmpty());
  EXPECT_THAT(Rows([&](auto words) { column->AddAll(words); }),
              ElementsAre(2, 3, 5, 64, 69));
  EXPECT_EQ(column->Group(5), column->Group(64));
  EXPECT_NE(column->Group(5), column->Group(3));
  EXPECT_EQ(column->Group(0), AttributeColumn::kNoGroup);
  EXPECT_EQ(attributes.Find("genr"), nullptr);
  EXPECT_EQ(attributes.rows(), kRows);
}

TEST_F(AttributesTest, ListsKeepTheirOrder) {
  const size_t tags = Column("tags");
  EXPECT_THAT(builder_.AddList(tags, 9, {"b", "a", "b"}), IsOk());
  EXPECT_THAT(builder_.AddList(tags, 1, {"c"}), IsOk());
  EXPECT_THAT(builder_.AddList(tags, 2, {}), IsOk());
  EXPECT_THAT(builder_.AddList(tags, 0, {"a", "aa"}), IsOk());
  const Attributes attributes = Build();
  const AttributeColumn& column = attributes.columns()[0];
  EXPECT_EQ(column.type(), AttributeType::kKeywordList);
  EXPECT_EQ(column.count(), 3u);
  EXPECT_THAT(Values(column, 9), ElementsAre(AttributeValue(string_view("b")),
                                             AttributeValue(string_view("a")),
                                             AttributeValue(string_view("b"))));
  EXPECT_THAT(Values(column, 0), testing::SizeIs(2));
  EXPECT_THAT(Values(column, 2), IsEmpty());
  EXPECT_THAT(Rows([&](auto words) { column.AddKeyword("a", words); }),
              ElementsAre(0, 9));
  EXPECT_THAT(Rows([&](auto words) { column.AddPrefix("a", words); }),
              ElementsAre(0, 9));
  EXPECT_THAT(Rows([&](auto words) { column.AddAll(words); }),
              ElementsAre(0, 1, 9));
}

TEST_F(AttributesTest, NumbersAreFoundBetween) {
  const size_t year = Column("year");
  const size_t rating = Column("rating");
  const size_t added = Column("added", AttributeType::kTimestamp);
  for (const auto& [row, value] : {std::pair<uint32_t, int64_t>{60, 1990},
                                   {3, -5},
                                   {69, 1990},
                                   {10, std::numeric_limits<int64_t>::max()},
                                   {11, std::numeric_limits<int64_t>::min()}}) {
    Put(year, row, value);
    Put(added, row, value);
  }
  Put(rating, 1, 0.5);
  Put(rating, 2, -0.0);
  Put(rating, 0, 0.0);
  const Attributes attributes = Build();
  for (const char* name : {"year", "added"}) {
    const AttributeColumn& column = *attributes.Find(name);
    const auto between = [&](int64_t low, int64_t high) {
      return Rows([&](auto words) { column.AddBetween(low, high, words); });
    };
    EXPECT_THAT(between(1990, 1990), ElementsAre(60, 69));
    EXPECT_THAT(between(-5, 1989), ElementsAre(3));
    EXPECT_THAT(between(1991, 1989), IsEmpty());
    EXPECT_THAT(between(std::numeric_limits<int64_t>::min(),
                        std::numeric_limits<int64_t>::max()),
                ElementsAre(3, 10, 11, 60, 69));
    EXPECT_EQ(column.Group(60), column.Group(69));
    EXPECT_NE(column.Group(60), column.Group(3));
    EXPECT_EQ(column.Group(61), AttributeColumn::kNoGroup);
    EXPECT_THAT(Values(column, 3), ElementsAre(AttributeValue(int64_t{-5})));
    EXPECT_EQ(column.keywords(), 0u);
  }
  EXPECT_EQ(attributes.Find("year")->type(), AttributeType::kInt);
  EXPECT_EQ(attributes.Find("added")->type(), AttributeType::kTimestamp);
  const AttributeColumn& column = *attributes.Find("rating");
  EXPECT_EQ(column.type(), AttributeType::kFloat);
  EXPECT_THAT(Rows([&](auto words) { column.AddBetween(0.0, 0.0, words); }),
              ElementsAre(0, 2));
  EXPECT_THAT(Rows([&](auto words) { column.AddBetween(0.1, 1.0, words); }),
              ElementsAre(1));
  EXPECT_EQ(column.Group(0), column.Group(2));
  EXPECT_THAT(Values(column, 1), ElementsAre(AttributeValue(0.5)));
}

TEST_F(AttributesTest, BoolsAreTheirOwnType) {
  const size_t seen = Column("seen");
  Put(seen, 7, true);
  Put(seen, 8, false);
  const Attributes attributes = Build();
  const AttributeColumn& column = attributes.columns()[0];
  EXPECT_EQ(column.type(), AttributeType::kBool);
  EXPECT_THAT(Rows([&](auto words) { column.AddBool(true, words); }),
              ElementsAre(7));
  EXPECT_THAT(Rows([&](auto words) { column.AddBool(false, words); }),
              ElementsAre(8));
  EXPECT_THAT(Values(column, 8), ElementsAre(AttributeValue(false)));
  EXPECT_NE(column.Group(7), column.Group(8));
}

TEST_F(AttributesTest, EveryRowMayHaveAValueOrNone) {
  const size_t full = Column("full");
  for (uint32_t row = kRows; row-- > 0;) Put(full, row, int64_t{row} % 3);
  Column("empty");
  Column("empty_float", AttributeType::kFloat);
  const Attributes attributes = Build();
  const AttributeColumn& column = attributes.columns()[0];
  EXPECT_EQ(column.count(), kRows);
  EXPECT_EQ(Rows([&](auto words) { column.AddAll(words); }).size(), kRows);
  EXPECT_EQ(Rows([&](auto words) {
              column.AddBetween(int64_t{2}, int64_t{2}, words);
            }).size(),
            kRows / 3);
  EXPECT_THAT(Values(column, 4), ElementsAre(AttributeValue(int64_t{1})));
  EXPECT_EQ(attributes.Find("empty")->type(), AttributeType::kKeyword);
  for (const char* name : {"empty", "empty_float"}) {
    const AttributeColumn& none = *attributes.Find(name);
    EXPECT_EQ(none.count(), 0u);
    EXPECT_FALSE(none.Has(0));
    EXPECT_THAT(Rows([&](auto words) { none.AddAll(words); }), IsEmpty());
  }
  EXPECT_THAT(
      Rows([&](auto words) { attributes.Find("empty")->AddPrefix("", words); }),
      IsEmpty());
  EXPECT_THAT(Rows([&](auto words) {
                attributes.Find("empty_float")->AddBetween(-1.0, 1.0, words);
              }),
              IsEmpty());
}

TEST_F(AttributesTest, IntsBecomeFloatsUnlessTheyWereDeclared) {
  const size_t mixed = Column("mixed");
  Put(mixed, 1, int64_t{3});
  Put(mixed, 2, 0.5);
  Put(mixed, 3, int64_t{4});
  const size_t declared = Column("declared", AttributeType::kInt);
  Put(declared, 1, int64_t{3});
  EXPECT_THAT(
      builder_.Add(declared, 2, 0.5),
      IsStatus(StatusCode::kInvalidArgument,
               HasSubstr("attribute \"declared\": expected int, found float "
                         "0.5")));
  const Attributes attributes = Build();
  const AttributeColumn& column = attributes.columns()[0];
  EXPECT_EQ(column.type(), AttributeType::kFloat);
  EXPECT_THAT(Values(column, 1), ElementsAre(AttributeValue(3.0)));
  EXPECT_THAT(Values(column, 3), ElementsAre(AttributeValue(4.0)));
  EXPECT_EQ(attributes.columns()[1].count(), 1u);
}

TEST_F(AttributesTest, TextsThatAreAllNumbersBecomeThem) {
  const std::vector<std::pair<std::vector<string_view>, AttributeType>> cases =
      {{{"1", "-20", "0"}, AttributeType::kInt},
       {{"1", "2.5", "-1e3"}, AttributeType::kFloat},
       {{"1", "9223372036854775807"}, AttributeType::kInt},
       {{"1", "9223372036854775808"}, AttributeType::kKeyword},
       {{"1.5", "9223372036854775808"}, AttributeType::kKeyword},
       {{"1.5", "9223372036854775807"}, AttributeType::kFloat},
       {{"1", "007"}, AttributeType::kKeyword},
       {{"1", "+1"}, AttributeType::kKeyword},
       {{"1", " 2"}, AttributeType::kKeyword},
       {{"1", "nan"}, AttributeType::kKeyword},
       {{"1", "1e999"}, AttributeType::kKeyword},
       {{"1", "inf"}, AttributeType::kKeyword},
       {{"1", "0x10"}, AttributeType::kKeyword},
       {{"1", ""}, AttributeType::kKeyword}};
  for (const auto& [texts, type] : cases) {
    AttributesBuilder builder(kRows);
    const auto column = builder.AddColumn("a", std::nullopt);
    ASSERT_THAT(column, IsOk());
    for (uint32_t row = 0; row < texts.size(); ++row) {
      ASSERT_THAT(builder.Add(*column, row + 4, texts[row]), IsOk());
    }
    builder.ReadNumbers(*column);
    const auto built = std::move(builder).Build(nullptr);
    ASSERT_THAT(built, IsOk());
    EXPECT_EQ(built->columns()[0].type(), type) << texts[1];
    EXPECT_EQ(built->columns()[0].count(), texts.size());
  }
}

TEST_F(AttributesTest, WhatIsWrongIsNamed) {
  const auto wrong = [](const char* what) {
    return IsStatus(StatusCode::kInvalidArgument, HasSubstr(what));
  };
  const size_t year = Column("year");
  Put(year, 1, int64_t{1});
  EXPECT_THAT(builder_.Add(year, 2, string_view("x\n")),
              wrong("attribute \"year\": expected int, found string \"x\\n\""));
  EXPECT_THAT(builder_.Add(year, 2, true), wrong("found bool true"));
  EXPECT_THAT(builder_.AddList(year, 2, {"a"}), wrong("found a list"));
  const size_t text = Column("text");
  EXPECT_THAT(builder_.Add(text, 1, string_view(std::string(513, 'x'))),
              wrong("expected a text of at most 512 bytes, found 513"));
  EXPECT_THAT(builder_.Add(text, 1, string_view(std::string(512, 'x'))),
              IsOk());
  EXPECT_THAT(builder_.Add(text, 1, string_view("\xff")),
              wrong("expected UTF-8, found \"\\xff\""));
  EXPECT_THAT(builder_.Add(text, 1, int64_t{1}),
              wrong("expected keyword, found int 1"));
  const size_t rating = Column("rating");
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(builder_.Add(rating, 1, bad), wrong("finite number"));
  }
  EXPECT_THAT(builder_.AddColumn("year", std::nullopt), wrong("there twice"));
  EXPECT_THAT(builder_.AddColumn("a b", std::nullopt),
              wrong("attribute name is"));
  EXPECT_THAT(builder_.AddColumn("", std::nullopt), wrong("attribute name is"));
  Put(year, 1, int64_t{2});
  EXPECT_THAT(std::move(builder_).Build(nullptr),
              wrong("attribute \"year\" has two values for one row"));
}

TEST_F(AttributesTest, ThereAreNotTooManyColumns) {
  for (size_t i = 0; i < kMaxAttributes; ++i) Column(absl::StrCat("a", i));
  EXPECT_THAT(builder_.AddColumn("more", std::nullopt),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"more\""), HasSubstr("256"))));
  EXPECT_EQ(Build().columns().size(), kMaxAttributes);
}

TEST_F(AttributesTest, MemoryIsThatOfTheValues) {
  constexpr size_t kMany = 20'000;
  AttributesBuilder builder(kMany);
  WorkerPool pool(2);
  const size_t id = *builder.AddColumn("id", std::nullopt);
  const size_t lonely = *builder.AddColumn("lonely", std::nullopt);
  const size_t flag = *builder.AddColumn("flag", std::nullopt);
  for (uint32_t row = 0; row < kMany; ++row) {
    ASSERT_THAT(builder.Add(id, row, string_view(absl::StrCat("id", row))),
                IsOk());
    ASSERT_THAT(builder.Add(flag, row, row < kMany / 2), IsOk());
  }
  ASSERT_THAT(builder.Add(lonely, 77, 1.5), IsOk());
  const auto built = std::move(builder).Build(&pool);
  ASSERT_THAT(built, IsOk());
  EXPECT_LT(built->Find("id")->memory_bytes(), kMany * 32);
  EXPECT_LT(built->Find("lonely")->memory_bytes(), 100u);
  EXPECT_LT(built->Find("flag")->memory_bytes(), kMany * 5);
  EXPECT_GT(built->memory_bytes(), kMany * 20);
}

}  // namespace
}  // namespace akin
