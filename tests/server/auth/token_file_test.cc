#include "server/auth/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// SHA-256 of "abc" (FIPS 180-4, example 1).
constexpr char kAbc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string HexOf(absl::string_view secret) {
  const Sha256Sum sum = Sha256(secret);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(sum.data()), sum.size()));
}

std::string Line(absl::string_view name, absl::string_view role,
                 absl::string_view secret) {
  return absl::StrCat(name, " ", role, " sha256:", HexOf(secret), "\n");
}

TEST(TokenFile, SaysWhoMayDoWhat) {
  const auto tokens = ParseTokens(
      absl::StrCat(
          "# who     role\n\nweb search models=glove,movies-* sha256:", kAbc,
          "  # the shop\n\t ops\tadmin\tsha256:", HexOf("x"), "\r\n"),
      "tokens");
  ASSERT_THAT(tokens, IsOk());
  ASSERT_EQ(tokens->size(), 2u);
  const Token& web = *(*tokens)[0];
  EXPECT_EQ(web.name, "web");
  EXPECT_EQ(web.role, Role::kSearch);
  EXPECT_THAT(web.models, ElementsAre("glove", "movies-*"));
  EXPECT_EQ(web.sum, Sha256("abc"));
  EXPECT_EQ((*tokens)[1]->role, Role::kAdmin);
  EXPECT_THAT((*tokens)[1]->models, IsEmpty());
  EXPECT_TRUE((*tokens)[1]->MayUse("anything"));
}

TEST(TokenFile, UpperCaseSumsAndAnyOrderBehindTheRole) {
  const auto tokens = ParseTokens(
      absl::StrCat("a edit sha256:", absl::AsciiStrToUpper(kAbc), " models=m"),
      "tokens");
  ASSERT_THAT(tokens, IsOk());
  EXPECT_EQ((*tokens)[0]->sum, Sha256("abc"));
}

TEST(TokenFile, ANameMayHaveSoManyCharacters) {
  const std::string name(kMostTokenNameBytes, 'n');
  EXPECT_THAT(ParseTokens(Line(name, "edit", "y"), "tokens"), IsOk());
  EXPECT_THAT(ParseTokens(Line(name + "n", "edit", "y"), "tokens"),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("of 32")));
}

TEST(TokenFile, EveryBadLineIsNamed) {
  const std::string sum = absl::StrCat("sha256:", kAbc);
  const std::pair<std::string, std::string> lines[] = {
      {"web", "got 1 word"},
      {"web search", "got 2 words"},
      {absl::StrCat("web ", sum, " search"), "expected search, edit or admin"},
      {absl::StrCat("web root ", sum), "the role is \"root\""},
      {absl::StrCat("web Search ", sum), "the role is \"Search\""},
      {absl::StrCat("we/b search ", sum), "token"},
      {absl::StrCat("../x search ", sum), "token"},
      {absl::StrCat(std::string(2000, 'n'), " search ", sum),
       "a NAME of 2000 characters"},
      {absl::StrCat(kAbc, " search ", sum), "a NAME of 64 characters"},
      {"web search models=a", "got no sha256:"},
      {absl::StrCat("web search models= ", sum), "names of models"},
      {absl::StrCat("web search models=a,,b ", sum), "names of models"},
      {absl::StrCat("web search models=a/b ", sum), "\"a/b\""},
      {absl::StrCat("web search models=a models=b ", sum), "twice"},
      {absl::StrCat("web search model=a ", sum), "got \"model=a\""},
      {absl::StrCat("web search ", sum, " ", sum), "expected NAME ROLE"},
      {"web search sha256:", "has 0 characters behind it"},
      {absl::StrCat("web search ", sum, "0"), "has 65 characters"},
      {absl::StrCat("web search sha256:g", std::string(63, '0')),
       "64 hexadecimal digits"},
      {absl::StrCat("web search sha256:", HexOf("")), "no token at all"},
      {absl::StrCat("web search sha256:", HexOf("\n")), "no token at all"},
      {absl::StrCat("web search ", kAbc), "64 characters"},
      {std::string(5000, 'x'), "the line has 5000 bytes"},
      {absl::StrCat(Line("web", "edit", "y")), "the name web is that of"},
      {absl::StrCat("other edit ", sum), "other and web have"},
  };
  for (const auto& [line, why] : lines) {
    // The last two are wrong beside it alone.
    const std::string before =
        absl::StrContains(why, "web ") ? absl::StrCat("web search ", sum) : "#";
    const auto tokens =
        ParseTokens(absl::StrCat(before, "\n", line), "etc/tokens");
    EXPECT_THAT(tokens,
                IsStatus(StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("etc/tokens:2: "), HasSubstr(why),
                               // A sum, or a token put where one belongs.
                               Not(HasSubstr("414140de5dae2223")))))
        << line;
  }
}

TEST(TokenFile, HasOneTokenAtLeastAndAThousandAtMost) {
  for (const char* text : {"", "\n\n", "# nobody\n"}) {
    EXPECT_THAT(ParseTokens(text, "tokens"),
                IsStatus(StatusCode::kInvalidArgument,
                         HasSubstr("tokens: there is no token in it")));
  }
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += Line(absl::StrCat("t", i), "search", absl::StrCat(i));
  }
  EXPECT_THAT(ParseTokens(text, "tokens"), IsOk());
  EXPECT_THAT(ParseTokens(text + Line("more", "search", "more"), "tokens"),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("tokens:1001: there are more than 1000")));
}

TEST(TokenFile, IsReadFromAFileOfReasonableSize) {
  const TempDir dir;
  EXPECT_THAT(ReadTokens(dir.Write("t", Line("a", "search", "s"))), IsOk());
  EXPECT_THAT(
      ReadTokens(dir.Path("none")),
      IsStatus(StatusCode::kNotFound,
               AllOf(HasSubstr(dir.Path("none")), HasSubstr("No such file"))));
  EXPECT_THAT(ReadTokens(dir.Path("")),
              IsStatus(StatusCode::kNotFound, HasSubstr("it is no file")));
  EXPECT_THAT(
      ReadTokens(dir.Write("large", std::string((1 << 20) + 1, '#'))),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("1048576 bytes")));
}

TEST(TokenFile, FindsTheOneAmongAll) {
  std::string text;
  for (int i = 0; i < 50; ++i) {
    text += Line(absl::StrCat("t", i), "search", absl::StrCat("secret", i));
  }
  const auto tokens = ParseTokens(text, "tokens");
  ASSERT_THAT(tokens, IsOk());
  for (int i = 0; i < 50; ++i) {
    const auto found = FindToken(*tokens, absl::StrCat("secret", i));
    ASSERT_NE(found, nullptr) << i;
    EXPECT_EQ(found->name, absl::StrCat("t", i));
  }
  for (const std::string& wrong :
       {std::string(), std::string("secret"), std::string("secret50"),
        std::string("secret1 "), HexOf("secret1"), std::string(100'000, 'x')}) {
    EXPECT_EQ(FindToken(*tokens, wrong), nullptr);
  }
}

TEST(TokenFile, GlobsMatchWholeNames) {
  for (const auto& [glob, name] : {std::pair{"glove", "glove"},
                                   {"*", "anything"},
                                   {"*", ""},
                                   {"a*", "a"},
                                   {"a*c", "abbc"},
                                   {"a*b*c", "aXbXbXc"},
                                   {"?b", "ab"},
                                   {"**", "a"}}) {
    EXPECT_TRUE(MatchesGlob(glob, name)) << glob << " " << name;
  }
  for (const auto& [glob, name] : {std::pair{"glove", "glove2"},
                                   {"glove", "Glove"},
                                   {"", "a"},
                                   {"a*c", "acb"},
                                   {"a?", "a"},
                                   {"?", ""},
                                   {"a.c", "abc"}}) {
    EXPECT_FALSE(MatchesGlob(glob, name)) << glob << " " << name;
  }
  // No exponential time.
  EXPECT_FALSE(MatchesGlob("a*a*a*a*a*a*a*a*a*b", std::string(200, 'a')));
}

}  // namespace
}  // namespace akin::server
