#include "client/cli/query_args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/failure.h"

namespace akin::client {
namespace {

using ::testing::HasSubstr;

std::string Shown(const absl::StatusOr<v1::ItemRef>& item) {
  if (!item.ok()) return "error";
  return item->table() + "|" + item->id();
}

TEST(ParseItemRefTest, TakesATableBeforeTheFirstColon) {
  EXPECT_EQ(Shown(ParseItemRef("king", "words")), "|king");
  EXPECT_EQ(Shown(ParseItemRef("users:u42", "items")), "users|u42");
  EXPECT_EQ(Shown(ParseItemRef("my_users-2:a:b", "items")), "my_users-2|a:b");
  EXPECT_EQ(Shown(ParseItemRef("two words", "items")), "|two words");
}

TEST(ParseItemRefTest, IsAnIdIfTheTableWouldHaveNoLegalName) {
  EXPECT_EQ(Shown(ParseItemRef(":)", "words")), "|:)");
  EXPECT_EQ(Shown(ParseItemRef(":", "words")), "|:");
  EXPECT_EQ(Shown(ParseItemRef("a b:c", "words")), "|a b:c");
  EXPECT_EQ(Shown(ParseItemRef("é:c", "words")), "|é:c");
}

TEST(ParseItemRefTest, TheSearchedTableMakesTheRestLiteral) {
  EXPECT_EQ(Shown(ParseItemRef("urls:http://a", "urls")), "|http://a");
  EXPECT_EQ(Shown(ParseItemRef("http://a", "urls")), "http|//a");
}

TEST(ParseItemRefTest, RefusesEmptyAndBrokenIds) {
  for (const char* text : {"", "users:", "a\xff", "users:\xc3"}) {
    const auto item = ParseItemRef(text, "words");
    ASSERT_FALSE(item.ok()) << text;
    EXPECT_THAT(item.status().message(), HasSubstr("expected [TABLE:]ID"));
  }
}

TEST(ParseTermTest, TakesAWeightBeforeTheFirstStar) {
  const auto term = ParseTerm("2.5*users:u42", "items");
  ASSERT_TRUE(term.ok());
  EXPECT_EQ(term->weight(), 2.5F);
  EXPECT_EQ(term->id().table(), "users");
  EXPECT_EQ(term->id().id(), "u42");
  EXPECT_FALSE(ParseTerm("king", "words")->has_weight());
  EXPECT_EQ(ParseTerm(".5*king", "words")->weight(), 0.5F);
  EXPECT_EQ(ParseTerm("1e-2*king", "words")->weight(), 0.01F);
}

TEST(ParseTermTest, IsAnIdIfTheWeightIsNoNumber) {
  for (const char* text : {"*", "a*b", "inf*x", "nan*x", "-*x", "**"}) {
    const auto term = ParseTerm(text, "words");
    ASSERT_TRUE(term.ok()) << text;
    EXPECT_FALSE(term->has_weight()) << text;
    EXPECT_EQ(term->id().id(), text);
  }
  EXPECT_EQ(ParseTerm("words:2*3", "words")->id().id(), "2*3");
}

TEST(ParseTermTest, RefusesWeightsOutOfRange) {
  for (const char* text : {"-1*x", "1e39*x", "1e400*x", "2*"}) {
    EXPECT_FALSE(ParseTerm(text, "words").ok()) << text;
  }
}

TEST(ReadQueriesTest, ReadsEachKind) {
  QueryFlags flags;
  flags.id = "king";
  auto queries = ReadQueries(flags, "words");
  ASSERT_TRUE(queries.ok());
  EXPECT_EQ((*queries)[0].id().id(), "king");

  flags = {};
  flags.vector = "[1, -2.5]";
  queries = ReadQueries(flags, "words");
  ASSERT_TRUE(queries.ok());
  EXPECT_EQ((*queries)[0].vector().floats().values(1), -2.5F);

  flags = {};
  flags.plus = {"king", "woman"};
  flags.minus = {"0.5*man"};
  queries = ReadQueries(flags, "words");
  ASSERT_TRUE(queries.ok());
  const v1::Combination& combination = (*queries)[0].combination();
  ASSERT_EQ(combination.plus_size(), 2);
  EXPECT_EQ(combination.plus(1).id().id(), "woman");
  ASSERT_EQ(combination.minus_size(), 1);
  EXPECT_EQ(combination.minus(0).weight(), 0.5F);
}

TEST(ReadQueriesTest, WantsExactlyOneKind) {
  const auto none = ReadQueries({}, "words");
  EXPECT_EQ(ExitCodeOf(none.status()), kExitUsage);

  QueryFlags flags;
  flags.id = "king";
  flags.minus = {"man"};
  const auto two = ReadQueries(flags, "words");
  EXPECT_EQ(ExitCodeOf(two.status()), kExitUsage);
  EXPECT_THAT(two.status().message(), HasSubstr("--id and --minus"));
}

v1::Query OneOf(const QueryFlags& flags) {
  const auto queries = ReadQueries(flags, "items");
  EXPECT_TRUE(queries.ok()) << queries.status();
  return queries.ok() ? queries->front() : v1::Query();
}

std::string RefusalOf(const QueryFlags& flags) {
  const auto queries = ReadQueries(flags, "items");
  EXPECT_EQ(ExitCodeOf(queries.status()), kExitUsage);
  return std::string(queries.status().message());
}

TEST(ReadQueriesTest, AMethodIsOfTerms) {
  QueryFlags flags;
  flags.plus = {"king"};
  flags.method = "mul";
  flags.keep_inputs = true;
  const v1::Query query = OneOf(flags);
  EXPECT_EQ(query.combination().method(), v1::COMBINATION_METHOD_3COSMUL);
  EXPECT_TRUE(query.combination().keep_inputs());
  flags.method = "times";
  EXPECT_THAT(RefusalOf(flags), HasSubstr("expected add, mul or mean"));
  flags = {};
  flags.id = "king";
  flags.method = "mul";
  EXPECT_THAT(RefusalOf(flags), HasSubstr("--method is of --plus"));
}

TEST(ReadQueriesTest, AHistoryIsAMeanOfWhatIsKnown) {
  QueryFlags flags;
  flags.history = {"Heat", "0.5*Alien"};
  const v1::Query query = OneOf(flags);
  EXPECT_EQ(query.combination().method(), v1::COMBINATION_METHOD_MEAN);
  EXPECT_TRUE(query.combination().skip_unknown());
  EXPECT_EQ(query.combination().plus(1).weight(), 0.5F);
}

TEST(ReadQueriesTest, AColdUserIsALadder) {
  QueryFlags flags;
  flags.id = "users:u1";
  flags.history = {"Heat"};
  flags.fallback = {"Titanic", "Matrix"};
  const v1::Query query = OneOf(flags);
  ASSERT_EQ(query.first_of().queries_size(), 2);
  EXPECT_EQ(query.first_of().queries(0).id().table(), "users");
  EXPECT_TRUE(query.first_of().queries(1).combination().skip_unknown());
  EXPECT_EQ(query.first_of().fallback_ids(1), "Matrix");
  flags = {};
  flags.vector = "1 2";
  flags.fallback = {"Titanic"};
  EXPECT_THAT(RefusalOf(flags), HasSubstr("--fallback is of --id"));
}

TEST(ReadQueriesTest, SeveralIdsAreFused) {
  QueryFlags flags;
  flags.fuse = {"Heat", "2*users:u1"};
  v1::Query query = OneOf(flags);
  ASSERT_EQ(query.fusion().parts_size(), 2);
  EXPECT_EQ(query.fusion().parts(1).query().id().table(), "users");
  EXPECT_EQ(query.fusion().parts(1).weight(), 2);
  flags.fusion = "score";
  query = OneOf(flags);
  EXPECT_EQ(query.fusion().method(), v1::FUSION_METHOD_WEIGHTED_SCORE);
  flags.fusion = "sum";
  EXPECT_THAT(RefusalOf(flags), HasSubstr("expected rank or score"));
  flags.id = "Heat";
  EXPECT_THAT(RefusalOf(flags), HasSubstr("got --id and --fuse"));
}

TEST(ReadQueriesTest, NamesTheFlagThatIsWrong) {
  QueryFlags flags;
  flags.plus = {"king", "-2*man"};
  const auto queries = ReadQueries(flags, "words");
  EXPECT_EQ(ExitCodeOf(queries.status()), kExitUsage);
  EXPECT_THAT(queries.status().message(), HasSubstr("--plus: "));
  EXPECT_THAT(queries.status().message(), HasSubstr("\"-2*man\""));
}

TEST(ReadQueriesTest, FoldsTheCaseOfEveryIdIfAskedTo) {
  QueryFlags flags;
  flags.id = "King";
  EXPECT_FALSE(OneOf(flags).id().fold_case());
  flags.fold_case = true;
  EXPECT_TRUE(OneOf(flags).id().fold_case());
  flags.history = {"Toys", "users:U1"};
  const v1::Query ladder = OneOf(flags);
  ASSERT_EQ(ladder.first_of().queries_size(), 2);
  EXPECT_TRUE(ladder.first_of().queries(0).id().fold_case());
  for (const v1::Term& term :
       ladder.first_of().queries(1).combination().plus()) {
    EXPECT_TRUE(term.id().fold_case());
  }
  flags = {};
  flags.fold_case = true;
  flags.plus = {"King"};
  flags.minus = {"Man"};
  const v1::Query sum = OneOf(flags);
  EXPECT_TRUE(sum.combination().plus(0).id().fold_case());
  EXPECT_TRUE(sum.combination().minus(0).id().fold_case());
  flags = {};
  flags.fold_case = true;
  flags.fuse = {"A", "B"};
  const v1::Query fused = OneOf(flags);
  for (const v1::FusionPart& part : fused.fusion().parts()) {
    EXPECT_TRUE(part.query().id().fold_case());
  }
}

}  // namespace
}  // namespace akin::client
