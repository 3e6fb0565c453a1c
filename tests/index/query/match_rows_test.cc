#include "index/query/match_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "index/base/error_facts.h"
#include "index/base/limits.h"
#include "index/table/attributes_builder.h"
#include "tests/support/predicates.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using absl::string_view;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = Predicate::Kind;

// Six ids with one attribute of each type; the last has none.
class MatchRowsTest : public testing::Test {
 protected:
  MatchRowsTest() {
    AttributesBuilder builder(table_.table().rows());
    const auto column = [&](const char* name, AttributeType type) {
      return *builder.AddColumn(name, type);
    };
    const size_t genre = column("genre", AttributeType::kKeyword);
    const size_t tags = column("tags", AttributeType::kKeywordList);
    const size_t year = column("year", AttributeType::kInt);
    const size_t rating = column("rating", AttributeType::kFloat);
    const size_t seen = column("seen", AttributeType::kBool);
    const size_t added = column("added", AttributeType::kTimestamp);
    constexpr string_view kGenres[] = {"drama", "war", "drama", "dram", ""};
    bool ok = true;
    for (uint32_t row = 0; row < 5; ++row) {
      ok = ok && builder.Add(genre, row, kGenres[row]).ok() &&
           builder.AddList(tags, row, {"x", kGenres[row]}).ok() &&
           builder.Add(year, row, int64_t{1990} + row).ok() &&
           builder.Add(rating, row, row / 2.0).ok() &&
           builder.Add(seen, row, row % 2 == 1).ok() &&
           builder.Add(added, row, int64_t{row} * 1'000'000).ok();
    }
    if (!ok) std::abort();
    table_.SetAttributes(*std::move(builder).Build(nullptr));
  }

  std::vector<uint32_t> Match(const Predicate& predicate) {
    const auto matched = MatchRows(table_, predicate);
    EXPECT_THAT(matched, IsOk());
    if (!matched.ok()) return {};
    const std::vector<uint32_t> rows = Members(*matched);
    EXPECT_EQ(rows.size(), matched->count());
    EXPECT_EQ(matched->rows(), table_.table().rows());
    return rows;
  }
  std::string Error(const Predicate& predicate) {
    const auto matched = MatchRows(table_, predicate);
    EXPECT_EQ(matched.status().code(), StatusCode::kInvalidArgument);
    return std::string(matched.status().message());
  }

  IndexedTable table_{MakeTable("films", Metric::kL2, RandomRows(6, 2, 1))};
};

TEST_F(MatchRowsTest, ValuesAreFoundInAnyColumn) {
  EXPECT_THAT(Match(In("genre", {string_view("drama")})), ElementsAre(0, 2));
  EXPECT_THAT(Match(In("genre", {string_view("war"), string_view("none"),
                                 string_view("war"), string_view("")})),
              ElementsAre(1, 4));
  EXPECT_THAT(Match(In("tags", {string_view("war")})), ElementsAre(1));
  EXPECT_THAT(Match(In("tags", {string_view("x")})),
              ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(Match(In("year", {int64_t{1990}, int64_t{1994}, int64_t{1}})),
              ElementsAre(0, 4));
  EXPECT_THAT(Match(In("rating", {0.5, int64_t{2}})), ElementsAre(1, 4));
  EXPECT_THAT(Match(In("seen", {true})), ElementsAre(1, 3));
  EXPECT_THAT(Match(In("seen", {true, false, true})),
              ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(Match(In("added", {string_view("1970-01-01T01:00:02+01:00"),
                                 int64_t{3'000'000}})),
              ElementsAre(2, 3));
  EXPECT_THAT(Match(In("genre", {})), IsEmpty());
}

TEST_F(MatchRowsTest, RangesHaveOpenAndClosedEnds) {
  Predicate range = Range("year", int64_t{1991}, int64_t{1993});
  EXPECT_THAT(Match(range), ElementsAre(1, 2, 3));
  range.low_open = true;
  EXPECT_THAT(Match(range), ElementsAre(2, 3));
  range.high_open = true;
  EXPECT_THAT(Match(range), ElementsAre(2));
  EXPECT_THAT(Match(Range("year", {}, {})), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(Match(Range("year", int64_t{1993}, {})), ElementsAre(3, 4));
  EXPECT_THAT(Match(Range("year", int64_t{1993}, int64_t{1992})), IsEmpty());

  range = Range("rating", 0.5, int64_t{1});
  EXPECT_THAT(Match(range), ElementsAre(1, 2));
  range.low_open = true;
  EXPECT_THAT(Match(range), ElementsAre(2));
  range.high_open = true;
  EXPECT_THAT(Match(range), IsEmpty());
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(Match(Range("rating", -kInfinity, kInfinity)),
              ElementsAre(0, 1, 2, 3, 4));
  range = Range("rating", kInfinity, {});
  range.low_open = true;
  EXPECT_THAT(Match(range), IsEmpty());

  range = Range("added", string_view("1970-01-01T00:00:01Z"), {});
  range.low_open = true;
  EXPECT_THAT(Match(range), ElementsAre(2, 3, 4));

  // Nothing is above the largest number, nothing below the smallest.
  range = Range("year", std::numeric_limits<int64_t>::max(), {});
  range.low_open = true;
  EXPECT_THAT(Match(range), IsEmpty());
  range = Range("year", {}, std::numeric_limits<int64_t>::min());
  range.high_open = true;
  EXPECT_THAT(Match(range), IsEmpty());
}

TEST_F(MatchRowsTest, PrefixesAndExistence) {
  EXPECT_THAT(Match(Prefix("genre", string_view("dram"))),
              ElementsAre(0, 2, 3));
  EXPECT_THAT(Match(Prefix("genre", string_view(""))),
              ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(Match(Prefix("tags", string_view("w"))), ElementsAre(1));
  EXPECT_THAT(Match(Prefix("genre", string_view("\xff"))), IsEmpty());
  for (const char* name :
       {"genre", "tags", "year", "rating", "seen", "added"}) {
    EXPECT_THAT(Match(Exists(name)), ElementsAre(0, 1, 2, 3, 4));
    EXPECT_THAT(Match(Of(Kind::kNot, {Exists(name)})), ElementsAre(5));
  }
}

TEST_F(MatchRowsTest, PredicatesAreCombined) {
  const Predicate drama = In("genre", {string_view("drama")});
  const Predicate old = Range("year", {}, int64_t{1991});
  EXPECT_THAT(Match(Of(Kind::kAll, {drama, old})), ElementsAre(0));
  EXPECT_THAT(Match(Of(Kind::kAny, {drama, old})), ElementsAre(0, 1, 2));
  // It holds for ids without a value too.
  EXPECT_THAT(Match(Of(Kind::kNot, {drama})), ElementsAre(1, 3, 4, 5));
  EXPECT_THAT(Match(Of(Kind::kAll, {Of(Kind::kNot, {drama}), Exists("genre")})),
              ElementsAre(1, 3, 4));
  EXPECT_THAT(Match(Of(Kind::kAll, {})), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(Match(Of(Kind::kAny, {})), IsEmpty());
  EXPECT_THAT(Match(Of(Kind::kNot, {Of(Kind::kAll, {})})), IsEmpty());
}

TEST_F(MatchRowsTest, OtherTypesAreNamed) {
  const std::string table = "attribute \"year\" of table films is int";
  EXPECT_THAT(Error(In("year", {1990.0})),
              HasSubstr(table + ", the value given is float"));
  EXPECT_THAT(Error(In("year", {string_view("1990")})),
              HasSubstr("the value given is string"));
  EXPECT_THAT(Error(In("genre", {int64_t{1}})),
              HasSubstr("\"genre\" of table films is keyword, the value given "
                        "is int"));
  EXPECT_THAT(Error(In("tags", {true})),
              HasSubstr("is keyword_list, the value given is bool"));
  EXPECT_THAT(Error(In("seen", {int64_t{1}})), HasSubstr("is bool, the value"));
  EXPECT_THAT(Error(In("rating", {true})), HasSubstr("is float, the value"));
  EXPECT_THAT(Error(In("rating", {std::nan("")})), HasSubstr("with NaN"));
  EXPECT_THAT(Error(In("added", {string_view("1970")})),
              AllOf(HasSubstr("attribute \"added\""), HasSubstr("RFC 3339")));
  EXPECT_THAT(Error(Range("year", 1.5, {})), HasSubstr("given is float"));
  EXPECT_THAT(Error(Range("year", {}, string_view("x"))),
              HasSubstr("given is string"));
  EXPECT_THAT(Error(Range("genre", {}, {})),
              HasSubstr("is keyword, a range is of int, float or timestamp"));
  EXPECT_THAT(Error(Prefix("year", string_view("19"))),
              HasSubstr("is int, a prefix is of keyword or keyword_list"));
  EXPECT_THAT(Error(Prefix("genre", int64_t{19})), HasSubstr("given is int"));
  Predicate two = Prefix("genre", string_view("a"));
  two.values.push_back(string_view("b"));
  EXPECT_THAT(Error(two), HasSubstr("has 2 values, expected 1"));
  EXPECT_THAT(Error(Of(Kind::kNot, {})), HasSubstr("has 0 predicates"));
  EXPECT_THAT(Error(Of(Kind::kNot, {Exists("year"), Exists("year")})),
              HasSubstr("has 2 predicates, expected 1"));
  // Also where the other parts leave nothing to be found.
  EXPECT_THAT(Error(Of(Kind::kAll, {Of(Kind::kAny, {}), Exists("nope")})),
              HasSubstr("\"nope\""));
}

TEST_F(MatchRowsTest, UnknownAttributesHaveNearNames) {
  const auto matched = MatchRows(table_, Exists("yaer"));
  EXPECT_THAT(matched,
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("attribute \"yaer\" does not exist in table "
                                 "films, which has genre, tags, year, rating, "
                                 "seen, added; did you mean \"year\"?")));
  const auto facts = FactsOf(matched.status());
  ASSERT_TRUE(facts.has_value());
  EXPECT_THAT(std::get<UnknownName>(*facts).near, ElementsAre("year"));

  const IndexedTable none(MakeTable("none", Metric::kL2, RandomRows(3, 2, 1)));
  EXPECT_THAT(MatchRows(none, Exists("year")),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("in table none, which has none")));
  const auto all = MatchRows(none, Of(Kind::kAll, {}));
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->count(), 3u);
  EXPECT_THAT(MatchRows(table_, Exists(std::string(1000, 'x'))),
              IsStatus(StatusCode::kInvalidArgument));
}

TEST_F(MatchRowsTest, FiltersAreOfLimitedSize) {
  Predicate deep = Exists("year");
  for (size_t i = 1; i < kMaxPredicateDepth; ++i) {
    deep = Of(Kind::kNot, {deep});
  }
  EXPECT_THAT(Match(deep), ElementsAre(5));
  EXPECT_THAT(Error(Of(Kind::kNot, {deep})),
              HasSubstr("more than 32 predicates within each other"));

  std::vector<Predicate> many(kMaxPredicates - 1, Exists("year"));
  EXPECT_THAT(Match(Of(Kind::kAny, many)), ElementsAre(0, 1, 2, 3, 4));
  many.push_back(Exists("year"));
  EXPECT_THAT(Error(Of(Kind::kAny, many)),
              HasSubstr("more than 1000 predicates"));

  const std::vector<AttributeValue> half(kMaxPredicateValues / 2,
                                         int64_t{1990});
  EXPECT_THAT(Match(Of(Kind::kAny, {In("year", half), In("year", half)})),
              ElementsAre(0));
  EXPECT_THAT(Error(Of(Kind::kAny, {In("year", half), In("year", half),
                                    In("year", {int64_t{1}})})),
              HasSubstr("more than 100000 values"));
}

TEST_F(MatchRowsTest, StopsWhenItIsTold) {
  StopSignal stop;
  stop.Cancel();
  EXPECT_THAT(MatchRows(table_, Exists("year"), &stop),
              IsStatus(StatusCode::kCancelled));
  const StopSignal late(StopSignal::Clock::now());
  EXPECT_THAT(MatchRows(table_, Exists("year"), &late),
              IsStatus(StatusCode::kDeadlineExceeded));
}

}  // namespace
}  // namespace akin
