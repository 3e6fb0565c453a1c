#include "client/cli/where.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "akin/v1/search_service.pb.h"
#include "client/cli/failure.h"

namespace akin::client {
namespace {

using ::testing::HasSubstr;

std::string Shown(const v1::AttributeValue& value) {
  switch (value.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case v1::AttributeValue::kIntValue:
      return absl::StrCat("int:", value.int_value());
    case v1::AttributeValue::kFloatValue:
      return absl::StrCat("float:", value.float_value());
    case v1::AttributeValue::kStringValue:
      return absl::StrCat("'", value.string_value(), "'");
    default:
      return "none";
  }
}

std::string Shown(const v1::Predicate& predicate);

std::string Shown(const char* what, const v1::PredicateList& list) {
  std::string shown = absl::StrCat(what, "(");
  for (const v1::Predicate& one : list.predicates()) {
    absl::StrAppend(&shown, shown.back() == '(' ? "" : " ", Shown(one));
  }
  return shown + ")";
}

std::string Shown(const v1::Predicate& predicate) {
  switch (predicate.kind_case()) {
    case v1::Predicate::kAll:
      return Shown("all", predicate.all());
    case v1::Predicate::kAny:
      return Shown("any", predicate.any());
    case v1::Predicate::kNot:
      return absl::StrCat("not(", Shown(predicate.not_()), ")");
    case v1::Predicate::kIn: {
      std::string shown = predicate.in().attribute() + "=";
      for (const v1::AttributeValue& value : predicate.in().values()) {
        absl::StrAppend(&shown, shown.back() == '=' ? "" : "|", Shown(value));
      }
      return shown;
    }
    case v1::Predicate::kRange: {
      const v1::Range& range = predicate.range();
      return absl::StrCat(range.attribute(), range.low_excluded() ? "(" : "[",
                          range.has_low() ? Shown(range.low()) : "", ",",
                          range.has_high() ? Shown(range.high()) : "",
                          range.high_excluded() ? ")" : "]");
    }
    case v1::Predicate::kPrefix:
      return absl::StrCat(predicate.prefix().attribute(), "^",
                          predicate.prefix().prefix());
    case v1::Predicate::kExists:
      return predicate.exists().attribute() + "?";
    default:
      return "nothing";
  }
}

std::string Read(const std::string& text) {
  const auto predicate = ParseWhere(text);
  return predicate.ok() ? Shown(*predicate)
                        : std::string(predicate.status().message());
}

TEST(ParseWhereTest, ReadsEachComparison) {
  EXPECT_EQ(Read("year = 1990"), "year=int:1990");
  EXPECT_EQ(Read("year==1990"), "year=int:1990");
  EXPECT_EQ(Read("year != 1990"), "not(year=int:1990)");
  EXPECT_EQ(Read("year <> 1990"), "not(year=int:1990)");
  EXPECT_EQ(Read("year < 1990"), "year[,int:1990)");
  EXPECT_EQ(Read("year <= 1990"), "year[,int:1990]");
  EXPECT_EQ(Read("year>1990"), "year(int:1990,]");
  EXPECT_EQ(Read("year >= 1990"), "year[int:1990,]");
  EXPECT_EQ(Read("year between 1990 and 1999"), "year[int:1990,int:1999]");
  EXPECT_EQ(Read("genre in (\"Drama\", 'War')"), "genre='Drama'|'War'");
  EXPECT_EQ(Read("genre not in ('War')"), "not(genre='War')");
  EXPECT_EQ(Read("title prefix 'The '"), "title^The ");
  EXPECT_EQ(Read("title exists"), "title?");
}

TEST(ParseWhereTest, ReadsEachValue) {
  EXPECT_EQ(Read("x = -3"), "x=int:-3");
  EXPECT_EQ(Read("x = 1.5"), "x=float:1.5");
  EXPECT_EQ(Read("x = 1e3"), "x=float:1000");
  EXPECT_EQ(Read("x = TRUE"), "x=true");
  EXPECT_EQ(Read("x = false"), "x=false");
  EXPECT_EQ(Read("x = 'say \\'so\\''"), "x='say 'so''");
  EXPECT_EQ(Read("x = \"\""), "x=''");
}

TEST(ParseWhereTest, NotBindsClosestThenAnd) {
  EXPECT_EQ(Read("a=1 or b=2 and not c=3"),
            "any(a=int:1 all(b=int:2 not(c=int:3)))");
  EXPECT_EQ(Read("(a=1 or b=2) and c=3"), "all(any(a=int:1 b=int:2) c=int:3)");
  EXPECT_EQ(Read("NOT (a=1 AND b=2)"), "not(all(a=int:1 b=int:2))");
}

TEST(ParseWhereTest, BackquotesTakeAnyName) {
  EXPECT_EQ(Read("`release year` >= 1990"), "release year[int:1990,]");
  EXPECT_EQ(Read("`not` = 1"), "not=int:1");
  EXPECT_EQ(Read("user.age_2-x exists"), "user.age_2-x?");
}

TEST(ParseWhereTest, SaysWhereAndWhatWasExpected) {
  EXPECT_EQ(Read(""),
            "--where, at character 1: expected the name of an attribute, not "
            "or (, got the end");
  EXPECT_THAT(Read("year >="),
              HasSubstr("at character 8: expected a number, true, false or a "
                        "text in quotes, got the end"));
  EXPECT_THAT(Read("year = nineteen"), HasSubstr("got \"nineteen\""));
  EXPECT_THAT(Read("year 1990"), HasSubstr("expected =, !="));
  EXPECT_THAT(Read("genre in 'War'"), HasSubstr("expected ( and values"));
  EXPECT_THAT(Read("genre in ('War'"), HasSubstr("expected , or )"));
  EXPECT_THAT(Read("genre not 'War'"), HasSubstr("expected in"));
  EXPECT_THAT(Read("(a = 1"), HasSubstr("expected and, or, or )"));
  EXPECT_THAT(Read("a = 1 b = 2"), HasSubstr("expected and, or, or the end"));
  EXPECT_THAT(Read("a = 'x"), HasSubstr("expected a closing '"));
  EXPECT_THAT(Read("a = 1e999"), HasSubstr("expected a finite number"));
  EXPECT_THAT(Read("a between 1 or 2"), HasSubstr("expected and"));
  EXPECT_THAT(Read("a prefix 3"), HasSubstr("expected a text in quotes"));
  EXPECT_THAT(Read("a ; b"), HasSubstr("got \";\""));
  EXPECT_THAT(Read("a = '\xff'"), HasSubstr("expected UTF-8"));
}

TEST(ParseWhereTest, IsNeverTooDeepForTheStack) {
  const std::string deep(100'000, '(');
  EXPECT_THAT(Read(deep), HasSubstr("at most 32 predicates"));
  std::string nots;
  for (int i = 0; i < 10'000; ++i) nots += "not ";
  EXPECT_THAT(Read(nots + "a exists"), HasSubstr("at most 32 predicates"));
  EXPECT_EQ(ExitCodeOf(ParseWhere(deep).status()), kExitUsage);
}

// In each pair of parentheses an "or" of an "and".
std::string Alternating(int pairs) {
  std::string text = "a exists";
  for (int i = 0; i < pairs; ++i) {
    text = absl::StrCat("(", text, " and b exists or c exists)");
  }
  return text;
}

TEST(ParseWhereTest, IsNeverTooDeepForTheServer) {
  // 15 times two, and the innermost.
  const auto deep = ParseWhere(Alternating(15));
  ASSERT_TRUE(deep.ok()) << deep.status();
  v1::SearchRequest request;
  *request.mutable_options()->mutable_filter() = *deep;
  EXPECT_TRUE(v1::SearchRequest().ParseFromString(request.SerializeAsString()));

  EXPECT_THAT(Read(Alternating(16)), HasSubstr("at most 32 predicates within "
                                               "each other, got 33"));
  // Protobuf could send it, and not read it.
  EXPECT_THAT(Read(Alternating(30)), HasSubstr("got 61"));
}

}  // namespace
}  // namespace akin::client
