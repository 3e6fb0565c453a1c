// What people bring to evaluate vectors with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/analogy_file.h"
#include "client/cli/failure.h"
#include "client/cli/word_pair_file.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(AnalogyFileTest, ReadsSectionsAndQuestions) {
  const auto file = ParseAnalogies(
      "\xEF\xBB\xBF: capital cities\r\nParis\tFrance  Rome Italy\r\n\n"
      ":) :( up down\n"
      "three words only\n: empty\n:\na b c d",
      "f");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->sections, ElementsAre("capital cities", "empty", ""));
  ASSERT_EQ(file->questions.size(), 3);
  EXPECT_EQ(file->questions[0].a, "Paris");
  EXPECT_EQ(file->questions[0].b, "France");
  EXPECT_EQ(file->questions[0].c, "Rome");
  EXPECT_EQ(file->questions[0].expected, "Italy");
  EXPECT_EQ(file->questions[0].section, 0);
  EXPECT_EQ(file->questions[1].a, ":)");
  EXPECT_EQ(file->questions[2].section, 2);
  EXPECT_EQ(file->malformed, 1);
}

std::string RefusalOfAnalogies(const std::string& text) {
  const absl::Status status = ParseAnalogies(text, "f").status();
  EXPECT_EQ(ExitCodeOf(status), kExitUsage) << status;
  return std::string(status.message());
}

TEST(AnalogyFileTest, RefusesWhatIsNone) {
  EXPECT_THAT(RefusalOfAnalogies("\n a b c d\n"),
              HasSubstr("f, line 2: expected \": SECTION\" before the first "
                        "question, got \"a b c d\""));
  EXPECT_THAT(RefusalOfAnalogies(": s\na b c \xff\n"),
              HasSubstr("f, line 2: expected UTF-8, got \"a b c \\xff\""));
  EXPECT_THAT(RefusalOfAnalogies(""), HasSubstr("got none"));
  EXPECT_THAT(RefusalOfAnalogies(": s\na b c\n"), HasSubstr("got none"));
}

TEST(WordPairFileTest, ReadsTabsAndCommas) {
  const auto file = ParseWordPairs(
      "# a comment, 1, 2\r\nWord 1,Word 2,Human\r\n\n"
      "tiger\tcat\t7.35\r\n1,000\tmany\t-2\nlove, sex ,1e1\n"
      "a,b,nan\n,b,1\na\tb\tc\td\n",
      "f");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->pairs.size(), 3);
  EXPECT_EQ(file->pairs[0].a, "tiger");
  EXPECT_EQ(file->pairs[0].b, "cat");
  EXPECT_EQ(file->pairs[0].similarity, 7.35);
  EXPECT_EQ(file->pairs[1].a, "1,000");
  EXPECT_EQ(file->pairs[1].similarity, -2);
  EXPECT_EQ(file->pairs[2].a, "love");
  EXPECT_EQ(file->pairs[2].b, "sex");
  EXPECT_EQ(file->pairs[2].similarity, 10);
  EXPECT_EQ(file->malformed, 4);
}

TEST(WordPairFileTest, RefusesWhatIsNone) {
  for (const char* text : {"", "# only this\n", "a b 1\n"}) {
    const absl::Status status = ParseWordPairs(text, "f").status();
    EXPECT_EQ(ExitCodeOf(status), kExitUsage) << status;
    EXPECT_THAT(status.message(), HasSubstr("f: expected lines of two words"));
  }
  EXPECT_THAT(ParseWordPairs("a,b,1\n\xc3,b,1", "f").status().message(),
              HasSubstr("f, line 2: expected UTF-8"));
}

}  // namespace
}  // namespace akin::client
