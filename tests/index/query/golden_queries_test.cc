#include "index/query/golden_queries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/version/manifest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string WhyNot(const std::string& line) {
  const auto queries =
      ParseGoldenQueries(absl::StrCat("\n", line, "\n"), "dir/g.jsonl");
  EXPECT_THAT(queries, IsStatus(StatusCode::kInvalidArgument)) << line;
  const std::string message(queries.status().message());
  EXPECT_THAT(message, StartsWith("dir/g.jsonl:2: ")) << line;
  return message;
}

// `what` and a part that makes it whole.
std::string WhyNotWith(const std::string& what) {
  return WhyNot(
      absl::StrCat(R"({"table": "words", "expect": ["queen"], )", what, "}"));
}

TEST(ParseGoldenQueries, ReadsEveryKind) {
  const auto queries = ParseGoldenQueries(
      "# what the words have to know\n"
      "{\"table\":\"words\",\"id\":\"king\",\"expect\":[\"queen\"],"
      "\"within\":1000}\r\n"
      "\n"
      "  # and more\n"
      R"({"table": "words", "plus": ["king", "woman"], "minus": ["man"],)"
      R"( "expect": ["queen", "\u00fcber"]})"
      "\n"
      R"({"table": "items", "query_table": "users", "id": "u", "expect": )"
      R"(["u"], "within": 1})"
      "\n"
      R"({"table": "words", "vector": [1, -2.5, 3e-1], "expect": ["a"]})",
      "g");
  ASSERT_THAT(queries, IsOk());
  ASSERT_THAT(*queries, SizeIs(4));
  const GoldenQuery& id = queries->at(0);
  EXPECT_EQ(id.line, 2u);
  EXPECT_EQ(id.table, "words");
  EXPECT_EQ(id.query_table, "");
  EXPECT_EQ(id.id, "king");
  EXPECT_THAT(id.expect, ElementsAre("queen"));
  EXPECT_EQ(id.within, 1000u);
  const GoldenQuery& terms = queries->at(1);
  EXPECT_EQ(terms.line, 5u);
  EXPECT_THAT(terms.plus, ElementsAre("king", "woman"));
  EXPECT_THAT(terms.minus, ElementsAre("man"));
  EXPECT_THAT(terms.expect, ElementsAre("queen", "\u00fcber"));
  EXPECT_EQ(terms.within, 10u);
  EXPECT_EQ(queries->at(2).query_table, "users");
  EXPECT_THAT(queries->at(3).vector, ElementsAre(1, -2.5f, 0.3f));
}

TEST(ParseGoldenQueries, NothingIsNoQuery) {
  for (const char* text : {"", "\n\n", "# only words\n  \r\n",
                           "\xef\xbb\xbf# as some editors begin"}) {
    const auto queries = ParseGoldenQueries(text, "g");
    ASSERT_THAT(queries, IsOk());
    EXPECT_THAT(*queries, IsEmpty());
  }
}

TEST(ParseGoldenQueries, SaysWhatIsNoObject) {
  for (const char* line : {"king", "[]", "3", "null", "{", "{} {}",
                           "{\"table\": \"\xff\"}", "{\"within\": 1e999}"}) {
    EXPECT_THAT(WhyNot(line), HasSubstr("expected a JSON object")) << line;
  }
  EXPECT_THAT(WhyNot(std::string("{\"id\0\": 1}", 10)),
              HasSubstr("expected a JSON object"));
}

TEST(ParseGoldenQueries, SaysWhichKeyIsWrong) {
  EXPECT_THAT(WhyNotWith(R"("id": "king", "whithin": 3)"),
              AllOf(HasSubstr("expected keys table, query_table, id, "),
                    HasSubstr("found \"whithin\"")));
  EXPECT_THAT(WhyNotWith(R"("id": "king", "id": "king")"),
              HasSubstr("found \"id\" twice"));
  EXPECT_THAT(WhyNot("{}"), HasSubstr("table name"));
  EXPECT_THAT(WhyNot(R"({"table": "../a", "id": "k", "expect": ["q"]})"),
              HasSubstr("table name"));
  EXPECT_THAT(WhyNot(R"({"table": 3, "id": "k", "expect": ["q"]})"),
              HasSubstr("expected text behind \"table\", found number"));
  EXPECT_THAT(WhyNotWith(R"("id": "k", "query_table": "")"),
              HasSubstr("table name"));
  EXPECT_THAT(WhyNotWith(R"("id": "k", "query_table": ["a"])"),
              HasSubstr("expected text behind \"query_table\", found array"));
}

TEST(ParseGoldenQueries, SaysWhichIdIsWrong) {
  EXPECT_THAT(WhyNotWith(R"("id": 3)"),
              HasSubstr("expected text behind \"id\", found number"));
  EXPECT_THAT(WhyNotWith(R"("id": "")"),
              HasSubstr("in \"id\" ids of 1 to 512 bytes, found one of 0"));
  const std::string longest(kMaxIdBytes, 'x');
  EXPECT_THAT(WhyNotWith(absl::StrCat("\"id\": \"", longest, "y\"")),
              HasSubstr("found one of 513"));
  EXPECT_THAT(
      ParseGoldenQueries(
          absl::StrCat(R"({"table":"t","expect":["q"],"id":")", longest, "\"}"),
          "g"),
      IsOk());
  EXPECT_THAT(WhyNotWith(R"("plus": "king")"),
              HasSubstr("a list of 1 to 1000 ids behind \"plus\", found "
                        "string"));
  EXPECT_THAT(WhyNotWith(R"("plus": [])"), HasSubstr("found one of 0"));
  EXPECT_THAT(WhyNotWith(R"("plus": ["a"], "minus": [7])"),
              HasSubstr("expected ids in \"minus\", found number"));
  EXPECT_THAT(WhyNotWith(R"("plus": ["a", ""])"), HasSubstr("in \"plus\" ids"));
  std::string many = "\"a\"";
  for (size_t i = 1; i < kMaxCombinationTerms; ++i) many += ",\"a\"";
  EXPECT_THAT(WhyNotWith(absl::StrCat("\"plus\": [", many, ", \"a\"]")),
              HasSubstr("found one of 1001"));
  EXPECT_THAT(
      WhyNotWith(absl::StrCat("\"plus\": [", many, "], \"minus\": [\"b\"]")),
      HasSubstr("expected at most 1000 terms, found 1001"));
}

TEST(ParseGoldenQueries, SaysWhichVectorIsWrong) {
  EXPECT_THAT(WhyNotWith(R"("vector": "1 2")"), HasSubstr("found string"));
  EXPECT_THAT(WhyNotWith(R"("vector": [])"), HasSubstr("found one of 0"));
  EXPECT_THAT(WhyNotWith(R"("vector": [1, "2"])"), HasSubstr("found string"));
  EXPECT_THAT(WhyNotWith(R"("vector": [1, 1e39])"),
              HasSubstr("numbers that fit into a float, found a larger one"));
  EXPECT_THAT(WhyNotWith(R"("vector": [1, [2]])"),
              HasSubstr("expected an object of values and lists"));
  EXPECT_THAT(WhyNotWith(R"("vector": [1], "query_table": "words")"),
              HasSubstr("\"query_table\" only beside ids"));
  std::string many = "1";
  for (size_t i = 0; i < kMaxDimension; ++i) many += ",1";
  EXPECT_THAT(WhyNotWith(absl::StrCat("\"vector\": [", many, "]")),
              HasSubstr("found one of 32769"));
}

TEST(ParseGoldenQueries, AsksForOneQueryALine) {
  EXPECT_THAT(WhyNot(R"({"table": "words", "expect": ["queen"]})"),
              HasSubstr("found none"));
  for (const char* two :
       {R"("id": "king", "vector": [1])", R"("id": "king", "minus": ["man"])",
        R"("vector": [1], "plus": ["man"])"}) {
    EXPECT_THAT(WhyNotWith(two), HasSubstr("found more"));
  }
}

TEST(ParseGoldenQueries, AsksForWhatCanBeFound) {
  for (const char* within : {"0", "1001", "-1", "2.5", "\"3\"", "1e3", "null",
                             "18446744073709551617"}) {
    EXPECT_THAT(WhyNotWith(absl::StrCat(R"("id": "k", "within": )", within)),
                HasSubstr("a number from 1 to 1000 behind \"within\""))
        << within;
  }
  const auto expecting = [](const std::string& ids) {
    return WhyNot(absl::StrCat(
        R"({"table": "words", "id": "king", "within": 2, "expect": )", ids,
        "}"));
  };
  EXPECT_THAT(expecting("\"queen\""), HasSubstr("found string"));
  EXPECT_THAT(expecting("[]"), HasSubstr("found one of 0"));
  EXPECT_THAT(expecting(R"(["a", "b", "c"])"),
              HasSubstr("as many ids as \"within\" says, 2, found 3"));
  EXPECT_THAT(expecting(R"(["a", "king"])"),
              HasSubstr("that the query does not name itself, found \"king\""));
  EXPECT_THAT(WhyNot(R"({"table": "words", "id": "king"})"),
              HasSubstr("expected \"expect\" with ids, found none"));
  EXPECT_THAT(
      WhyNotWith(
          R"("query_table": "words", "plus": ["a"], "minus": ["queen"])"),
      HasSubstr("found \"queen\""));
}

TEST(ParseGoldenQueries, IsBounded) {
  const std::string line = R"({"table": "t", "id": "a", "expect": ["b"]})"
                           "\n";
  std::string text;
  for (size_t i = 0; i < kMaxGoldenQueries; ++i) text += line;
  const auto most = ParseGoldenQueries(text, "g");
  ASSERT_THAT(most, IsOk());
  EXPECT_THAT(*most, SizeIs(kMaxGoldenQueries));
  EXPECT_THAT(ParseGoldenQueries(text + line, "g"),
              IsStatus(StatusCode::kInvalidArgument,
                       "g:10001: expected at most 10000 queries, found more"));
  EXPECT_THAT(ParseGoldenQueries(std::string(kMaxGoldenBytes + 1, '\n'), "g"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("g: expected at most 67108864 bytes")));
  // Brackets without end are not built, and not recursed into.
  EXPECT_THAT(WhyNot(std::string(1'000'000, '[')),
              HasSubstr("expected an object of values and lists"));
  EXPECT_THAT(WhyNotWith("\"vector\": " + std::string(1'000'000, '[')),
              HasSubstr("expected an object of values and lists"));
}

class CheckGoldenQueriesTest : public testing::Test {
 protected:
  absl::Status Check(const std::string& text) {
    const auto queries = ParseGoldenQueries(text, "g");
    EXPECT_THAT(queries, IsOk());
    return CheckGoldenQueries(*version_, *queries);
  }

  std::shared_ptr<const Version> version_ = RoyalVersion();
};

TEST_F(CheckGoldenQueriesTest, EveryKindIsAsked) {
  EXPECT_THAT(Check(""), IsOk());
  EXPECT_THAT(
      Check("# words\n"
            R"({"table": "words", "id": "man", "expect": ["boy"], "within": 1})"
            "\n"
            R"({"table": "words", "plus": ["king", "woman"],)"
            R"( "minus": ["man"], "expect": ["queen"], "within": 1})"
            "\n"
            R"({"table": "words", "vector": [0, 0, 1], "within": 2,)"
            R"( "expect": ["girl", "woman"]})"
            "\n"
            R"({"table": "words", "query_table": "people", "id": "elizabeth",)"
            R"( "expect": ["queen"], "within": 1})"
            "\n"
            R"({"table": "words", "query_table": "people", "id": "king",)"
            R"( "expect": ["man"], "within": 1})"),
      IsOk());
}

TEST_F(CheckGoldenQueriesTest, SaysWhatIsMissingAndWhereItIs) {
  EXPECT_THAT(
      Check("\n# first\n"
            R"({"table": "words", "id": "man", "expect": ["boy"], "within": 1})"
            "\n"
            R"({"table": "words", "id": "man", "expect": ["king"],)"
            R"( "within": 1})"
            "\n"
            R"({"table": "words", "plus": ["man"], "minus": ["woman"],)"
            R"( "expect": ["boy", "girl", "crown"], "within": 3})"
            "\n"
            R"({"table": "words", "vector": [0, 1, 0], "expect": ["king"],)"
            R"( "within": 1})"),
      IsStatus(StatusCode::kFailedPrecondition,
               "3 of 4 golden queries failed: golden query line 4 (man in "
               "words): king is not among the first 1 (exact rank 2); golden "
               "query line 5 (man - woman in words): girl is not among the "
               "first 3 (exact rank 5); golden query line 6 (a vector in "
               "words): king is not among the first 1 (exact rank 3)"));
}

TEST_F(CheckGoldenQueriesTest, CountsWhatElseIsMissing) {
  EXPECT_THAT(
      Check(R"({"table": "words", "id": "man", "within": 3,)"
            R"( "expect": ["boy", "woman", "girl"]})"),
      IsStatus(StatusCode::kFailedPrecondition,
               HasSubstr("woman is not among the first 3 (exact rank ")));
  EXPECT_THAT(Check(R"({"table": "words", "id": "man", "within": 3,)"
                    R"( "expect": ["boy", "woman", "queen"]})"),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("), nor are 1 more of the 3 expected")));
}

TEST_F(CheckGoldenQueriesTest, WhatTheVersionDoesNotHaveFails) {
  EXPECT_THAT(
      Check(R"({"table": "words", "id": "kong", "expect": ["queen"]})"),
      IsStatus(StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("golden query line 1 (kong in words): "),
                     HasSubstr("\"kong\" does not exist in table royal/words"),
                     HasSubstr("did you mean \"king\""))));
  EXPECT_THAT(
      Check(R"({"table": "words", "id": "king", "expect": ["quoon"]})"),
      IsStatus(StatusCode::kFailedPrecondition,
               HasSubstr("quoon, which is expected, does not exist in table "
                         "words")));
  EXPECT_THAT(Check(R"({"table": "word", "id": "king", "expect": ["queen"]})"),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("table \"word\" does not exist")));
  EXPECT_THAT(Check(R"({"table": "words", "query_table": "persons",)"
                    R"( "id": "king", "expect": ["queen"]})"),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("table \"persons\" does not exist")));
  EXPECT_THAT(
      Check(R"({"table": "words", "vector": [1, 2], "expect": ["queen"]})"),
      IsStatus(StatusCode::kFailedPrecondition, HasSubstr("dimensions")));
}

TEST_F(CheckGoldenQueriesTest, SaysTheFirstFewOnly) {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += R"({"table": "words", "id": "man", "expect": ["king"], "within":1})"
            "\n";
  }
  EXPECT_THAT(Check(text),
              IsStatus(StatusCode::kFailedPrecondition,
                       AllOf(StartsWith("12 of 12 golden queries failed: "),
                             HasSubstr("golden query line 5 "),
                             Not(HasSubstr("line 6 ")), HasSubstr("; ..."))));
  std::string terms = "\"man\"";
  for (int i = 0; i < 20; ++i) terms += ",\"man\"";
  EXPECT_THAT(
      Check(absl::StrCat(R"({"table": "words", "minus": [)", terms,
                         R"(], "expect": ["boy"], "within": 1})")),
      IsStatus(StatusCode::kFailedPrecondition,
               HasSubstr("(- man - man - man - man - man ... in words)")));
}

// Of one dimension under dot, the larger number is nearer.
TEST_F(CheckGoldenQueriesTest, RanksEndAtTheLargestK) {
  Rows rows;
  for (size_t i = 0; i < kMaxK + 50; ++i) {
    rows.emplace_back(absl::StrCat("r", i),
                      std::vector<float>{static_cast<float>(rows.size() + 1)});
  }
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(Indexed(MakeTable("line", Metric::kDot, rows)));
  version_ = std::make_shared<const Version>("m", 1, std::move(tables));
  EXPECT_THAT(Check(R"({"table": "line", "vector": [1], "expect": ["r50"]})"),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("(exact rank 10000)")));
  EXPECT_THAT(Check(R"({"table": "line", "vector": [1], "expect": ["r49"]})"),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("(exact rank beyond 10000)")));
  EXPECT_THAT(Check(R"({"table": "line", "vector": [1], "within": 1000,)"
                    R"( "expect": ["r9050"]})"),
              IsOk());
  // The query's own row takes no place.
  EXPECT_THAT(Check(R"({"table": "line", "id": "r10049", "within": 1000,)"
                    R"( "expect": ["r9049"]})"),
              IsOk());
}

TEST_F(CheckGoldenQueriesTest, StopsWhenItIsToldTo) {
  const auto queries = ParseGoldenQueries(
      R"({"table": "words", "id": "man", "expect": ["boy"]})"
      "\n"
      R"({"table": "words", "id": "man", "expect": ["nobody"]})",
      "g");
  ASSERT_THAT(queries, IsOk());
  StopSignal stop;
  stop.Cancel();
  EXPECT_THAT(CheckGoldenQueries(*version_, *queries, &stop),
              IsStatus(StatusCode::kCancelled));
  const StopSignal late(StopSignal::Clock::now());
  EXPECT_THAT(CheckGoldenQueries(*version_, *queries, &late),
              IsStatus(StatusCode::kDeadlineExceeded));
  int asked = 0;
  EXPECT_THAT(CheckGoldenQueries(*version_, *queries, nullptr,
                                 [&] { return ++asked < 2; }),
              IsStatus(StatusCode::kCancelled));
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace akin
