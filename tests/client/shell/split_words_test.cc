#include "client/cli/shell/split_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/failure.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Words(absl::string_view line) {
  const auto words = SplitWords(line);
  EXPECT_TRUE(words.ok()) << words.status();
  return words.value_or(std::vector<std::string>{"none"});
}

TEST(SplitWords, BlanksSeparate) {
  EXPECT_THAT(Words(""), IsEmpty());
  EXPECT_THAT(Words(" \t "), IsEmpty());
  EXPECT_THAT(Words("  get glove/words\tking \r"),
              ElementsAre("get", "glove/words", "king"));
}

TEST(SplitWords, QuotesKeepBlanksAndMayBeginAnywhere) {
  EXPECT_THAT(Words("--id 'Toy Story'"), ElementsAre("--id", "Toy Story"));
  EXPECT_THAT(Words("--id=\"Toy Story\"x"), ElementsAre("--id=Toy Storyx"));
  EXPECT_THAT(Words("'' \"\""), ElementsAre("", ""));
  EXPECT_THAT(Words("'\"' \"'\""), ElementsAre("\"", "'"));
}

TEST(SplitWords, BackslashMeansWhatItDoesInAShell) {
  EXPECT_THAT(Words(R"(Toy\ Story \' \\)"),
              ElementsAre("Toy Story", "'", "\\"));
  EXPECT_THAT(Words(R"("\" \\ \n")"), ElementsAre(R"(" \ \n)"));
  EXPECT_THAT(Words(R"('\n\')"), ElementsAre(R"(\n\)"));
}

TEST(SplitWords, NothingElseMeansAnything) {
  EXPECT_THAT(Words("$HOME * ; | # ~ [CLS]"),
              ElementsAre("$HOME", "*", ";", "|", "#", "~", "[CLS]"));
}

TEST(SplitWords, WhatIsNotClosedIsAUsageError) {
  for (const char* line : {"get 'Toy", "get \"Toy'", "get it's", "\"a\\"}) {
    const auto words = SplitWords(line);
    EXPECT_EQ(ExitCodeOf(words.status()), kExitUsage) << line;
    EXPECT_THAT(words.status().message(), HasSubstr("expected a closing"));
  }
  EXPECT_THAT(SplitWords("get 'Toy Story").status().message(),
              HasSubstr("closing ' for 'Toy Story, got the end"));
  const auto backslash = SplitWords("get Toy\\");
  EXPECT_EQ(ExitCodeOf(backslash.status()), kExitUsage);
  EXPECT_THAT(backslash.status().message(), HasSubstr("after the \\"));
}

TEST(SplitUnfinished, TheLastWordIsTheOneBeingTyped) {
  const auto words = SplitUnfinished("get 'Toy S");
  ASSERT_EQ(words.size(), 2u);
  EXPECT_EQ(words[1].text, "Toy S");
  EXPECT_EQ(words[1].begin, 4u);
  EXPECT_EQ(words[1].open_quote, '\'');

  const auto closed = SplitUnfinished("get 'Toy S'");
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_EQ(closed[1].open_quote, 0);
}

TEST(SplitUnfinished, ABlankBeginsAnEmptyWord) {
  for (const char* line : {"", "get ", "get\\  "}) {
    const auto words = SplitUnfinished(line);
    ASSERT_FALSE(words.empty());
    EXPECT_EQ(words.back().text, "");
    EXPECT_EQ(words.back().begin, std::string(line).size());
  }
  EXPECT_EQ(SplitUnfinished("get\\ ").back().text, "get ");
}

TEST(QuoteWord, IsReadBackAsOneWord) {
  for (const char* text : {"king", "Toy Story", "it's", "a \"b\" 'c' \\d", "",
                           "\\", "\t", "ß s"}) {
    for (const char preferred : {'\0', '\'', '"'}) {
      EXPECT_THAT(Words(QuoteWord(text, preferred)), ElementsAre(text));
      const std::string open = QuoteWord(text, preferred, false);
      EXPECT_EQ(SplitUnfinished(open).back().text, text);
    }
  }
  EXPECT_EQ(QuoteWord("king"), "king");
  EXPECT_EQ(QuoteWord("Toy Story"), "'Toy Story'");
  EXPECT_EQ(QuoteWord("king", '"'), "\"king\"");
}

}  // namespace
}  // namespace akin::client
