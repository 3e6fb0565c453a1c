#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Word2vecTextTest : public FileFixture {
 protected:
  ReadFile Read(const std::string& text) { return ReadAll(Write("v", text)); }
  std::string Error(const std::string& text) {
    const ReadFile file = Read(text);
    return absl::StatusCodeToString(file.status.code()) + ": " +
           ErrorOf(file, Path("v"));
  }
};

TEST_F(Word2vecTextTest, WithHeader) {
  const ReadFile file = Read("2 3\nking 0.5 1 -2\nqueen 1 2 3\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.format, "word2vec text");
  EXPECT_EQ(file.dimension, 3u);
  EXPECT_EQ(file.announced, 2u);
  EXPECT_THAT(file.ids(), ElementsAre("king", "queen"));
  EXPECT_THAT(file.rows[0].values, ElementsAre(0.5f, 1, -2));
  EXPECT_THAT(file.rows[1].values, ElementsAre(1, 2, 3));
  EXPECT_EQ(file.rows[0].place, "line 2");
  EXPECT_EQ(file.rows[1].place, "line 3");
}

TEST_F(Word2vecTextTest, WithoutHeader) {
  const ReadFile file = Read("king 0.5 1 -2\nqueen 1 2 3");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.format, "GloVe text");
  EXPECT_EQ(file.announced, std::nullopt);
  EXPECT_THAT(file.ids(), ElementsAre("king", "queen"));
  EXPECT_EQ(file.rows[0].place, "line 1");
}

TEST_F(Word2vecTextTest, LineEndsOfWindowsAndFastText) {
  const ReadFile file = Read("2 2\r\nking 1 2 \r\nqueen 3 4 \r\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(), ElementsAre("king", "queen"));
}

TEST_F(Word2vecTextTest, ByteOrderMarkIsNoPartOfAnId) {
  EXPECT_THAT(Read("\xEF\xBB\xBFking 1 2\nqueen 3 4\n").ids(),
              ElementsAre("king", "queen"));
  EXPECT_THAT(Read("\xEF\xBB\xBF"
                   "1 2\nking 1 2\n")
                  .ids(),
              ElementsAre("king"));
}

TEST_F(Word2vecTextTest, NumericAndSpacedIds) {
  const ReadFile file =
      Read("1 0.5 0.25\n2 1 2\nToy Story 2 0.5 0.5\n\xF0\x9F\x98\x80 1 1\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.dimension, 2u);
  EXPECT_THAT(file.bad, IsEmpty());
  EXPECT_THAT(file.ids(),
              ElementsAre("1", "2", "Toy Story 2", "\xF0\x9F\x98\x80"));
}

TEST_F(Word2vecTextTest, TheMostCommonDimensionWins) {
  const ReadFile file =
      Read("short 1\na 1 2 3\nb 1 2 3\nlong 1.5 2.25 3 4.5\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.dimension, 3u);
  EXPECT_THAT(file.ids(), ElementsAre("a", "b", "long 1.5"));
  EXPECT_THAT(file.bad,
              ElementsAre("line 1: ragged: has 1 number, expected 3"));
}

TEST_F(Word2vecTextTest, BadRowsAreNamedAndReadingGoesOn) {
  const ReadFile file = Read(
      "6 3\n"
      "a 1 2 3\n"
      "b 1 2\n"
      "c 1 x 3\n"
      "d 1 nan 3\n"
      "e 0.125 0.25 0.5 0.75\n"
      "f 4 5 6\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(), ElementsAre("a", "f"));
  EXPECT_THAT(file.bad,
              ElementsAre("line 3: ragged: has 2 numbers, expected 3",
                          "line 4: not a number: number 2 of 3 is \"x\"",
                          "line 5: not finite: number 2 of 3 is \"nan\"",
                          "line 6: ragged: has 4 numbers, expected 3"));
}

TEST_F(Word2vecTextTest, BlankLinesAreBadRowsExceptAtTheEnd) {
  const ReadFile file = Read("a 1 2\n\n \t\nb 3 4\n\n\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(), ElementsAre("a", "b"));
  EXPECT_EQ(file.rows[1].place, "line 4");
  EXPECT_THAT(file.bad,
              ElementsAre("line 2: ragged: is blank, expected 2 numbers",
                          "line 3: ragged: is blank, expected 2 numbers"));
  EXPECT_TRUE(Read("2 2\na 1 2\n\nb 3 4\n\n").status.ok());
}

TEST_F(Word2vecTextTest, AFirstRowThatIsBadDoesNotSpoilTheFile) {
  const ReadFile file = Read("3 2\na 1\nb 1 2\nc 3 4\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(), ElementsAre("b", "c"));
  // Of two equally common numbers the fewer; a row of "nan" still has one.
  EXPECT_EQ(Read("a 1 2 3\nb 1 2\n").dimension, 2u);
  EXPECT_EQ(Read("a nan 2\n").dimension, 2u);
}

TEST_F(Word2vecTextTest, HeadersThatLie) {
  EXPECT_EQ(Error("3 2\na 1 2\nb 3 4\n"),
            "DATA_LOSS: v: truncated: its header announces 3 rows, the file "
            "ends after 2");
  EXPECT_EQ(Error("1 2\na 1 2\nb 3 4\n"),
            "INVALID_ARGUMENT: v: line 3: trailing data: its header announces "
            "1 rows, here is one more");
  EXPECT_EQ(Error("2 3\na 1 2\nb 3 4\n"),
            "INVALID_ARGUMENT: v: its header announces 2 x 3 numbers, but its "
            "rows have 2 numbers");
  EXPECT_EQ(Error("2 2\na 1 2 3\nb 3 4 5\n"),
            "INVALID_ARGUMENT: v: its header announces 2 x 2 numbers, but its "
            "rows have 3 numbers");
  EXPECT_EQ(Error("2 2\nthe quick\nbrown fox\n"),
            "INVALID_ARGUMENT: v: its header announces 2 x 2 numbers, but its "
            "rows have 0 numbers");
}

TEST_F(Word2vecTextTest, HeadersBeyondTheFileOrTheLimits) {
  EXPECT_EQ(Error("1000 300\na 1 2\n"),
            "INVALID_ARGUMENT: v: its header announces 1000 x 300 numbers, "
            "which take at least 600000 bytes, but only 6 bytes follow it");
  EXPECT_EQ(Error("4294967294 32768\na 1 2\n"),
            "INVALID_ARGUMENT: v: its header announces 4294967294 x 32768 "
            "numbers, which take at least 281474976579584 bytes, but only 6 "
            "bytes follow it");
  EXPECT_EQ(Error("4294967295 2\na 1 2\n"),
            "INVALID_ARGUMENT: v: its header announces 4294967295 rows, "
            "expected 1 to 4294967294");
  EXPECT_EQ(Error("99999999999999999999999999 2\na 1 2\n"),
            "INVALID_ARGUMENT: v: its header announces "
            "999999999999999999999999... rows, expected 1 to 4294967294");
  EXPECT_EQ(Error("0 2\na 1 2\n"),
            "INVALID_ARGUMENT: v: its header announces 0 rows, expected 1 to "
            "4294967294");
  EXPECT_EQ(Error("1 0\na 1 2\n"),
            "INVALID_ARGUMENT: v: its header announces 0 dimensions, expected "
            "1 to 32768");
  EXPECT_EQ(Error("1 32769\na 1 2\n"),
            "INVALID_ARGUMENT: v: its header announces 32769 dimensions, "
            "expected 1 to 32768");
  EXPECT_EQ(Error("3 2\n"),
            "INVALID_ARGUMENT: v: its header announces 3 x 2 numbers, which "
            "take at least 12 bytes, but only 0 bytes follow it");
}

TEST_F(Word2vecTextTest, ACompressedHeaderAnnouncesNothingToAllocate) {
  const std::string huge = "4294967294 2\na 1 2\nb 3 4\n";
  const ReadFile file = Read(Compress(huge, ARCHIVE_FILTER_GZIP));
  EXPECT_EQ(file.announced, std::nullopt);
  EXPECT_THAT(file.ids(), ElementsAre("a", "b"));
  EXPECT_EQ(file.status.code(), absl::StatusCode::kDataLoss);
}

TEST_F(Word2vecTextTest, TheLargestDimension) {
  std::string row = "a";
  for (uint32_t i = 0; i < kMaxDimension; ++i) row += " -0.12345678901234567";
  const ReadFile file = Read(row + "\n" + row + "\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.dimension, kMaxDimension);
  EXPECT_EQ(file.rows.size(), 2u);
  EXPECT_EQ(Error(row + " 0.1234\n"),
            "INVALID_ARGUMENT: v: its rows have 32769 numbers, expected 1 to "
            "32768");
}

TEST_F(Word2vecTextTest, ALineBeyondTheBuffer) {
  const std::string line = "b" + std::string(size_t{5} << 20, 'x');
  const ReadFile file = Read("a 1 2\na 1 2\n" + line + " 1 2\n");
  EXPECT_EQ(file.rows.size(), 2u);
  EXPECT_EQ(file.status.code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace akin
