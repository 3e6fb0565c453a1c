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

TEST(ReadQueriesTest, NamesTheFlagThatIsWrong) {
  QueryFlags flags;
  flags.plus = {"king", "-2*man"};
  const auto queries = ReadQueries(flags, "words");
  EXPECT_EQ(ExitCodeOf(queries.status()), kExitUsage);
  EXPECT_THAT(queries.status().message(), HasSubstr("--plus: "));
  EXPECT_THAT(queries.status().message(), HasSubstr("\"-2*man\""));
}

}  // namespace
}  // namespace akin::client
