#include "index/formats/word2vec_binary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Row(const std::string& id, const std::vector<float>& values) {
  return id + " " + BytesOfValues(values);
}

class Word2vecBinaryTest : public FileFixture {
 protected:
  ReadFile Read(const std::string& bytes) { return ReadAll(Write("v", bytes)); }
  std::string Error(const std::string& bytes) {
    const ReadFile file = Read(bytes);
    return absl::StatusCodeToString(file.status.code()) + ": " +
           ErrorOf(file, Path("v"));
  }
};

TEST_F(Word2vecBinaryTest, WithAndWithoutNewlines) {
  for (const std::string between : {"", "\n"}) {
    const ReadFile file =
        Read(absl::StrCat("2 2\n", Row("king", {0.5f, -1}), between,
                          Row("k\xC3\xB6nigin", {2, 3}), between));
    ASSERT_TRUE(file.status.ok()) << file.status;
    EXPECT_EQ(file.format, "word2vec binary");
    EXPECT_EQ(file.announced, 2u);
    EXPECT_THAT(file.ids(), ElementsAre("king", "k\xC3\xB6nigin"));
    EXPECT_THAT(file.rows[0].values, ElementsAre(0.5f, -1));
    EXPECT_THAT(file.rows[1].values, ElementsAre(2, 3));
    EXPECT_EQ(file.rows[0].place, "byte 4");
    EXPECT_EQ(file.rows[1].place, between.empty() ? "byte 17" : "byte 18");
  }
}

TEST_F(Word2vecBinaryTest, ValuesMayBeAnyBytes) {
  const float newline = std::bit_cast<float>(0x0A0A0A0Au);
  const float space = std::bit_cast<float>(0x20202020u);
  const ReadFile file =
      Read("2 3\n" + Row("a", {newline, space, 1}) + Row("b", {1, 2, newline}));
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(), ElementsAre("a", "b"));
  EXPECT_THAT(file.rows[0].values, ElementsAre(newline, space, 1));
}

TEST_F(Word2vecBinaryTest, IsToldFromTextInAnyDimension) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  for (const uint32_t dimension : {1u, 2u, 3u, 10u, 100u}) {
    for (int round = 0; round < 50; ++round) {
      std::string binary = "5 " + std::to_string(dimension) + "\n";
      std::string text = binary;
      for (int i = 0; i < 5; ++i) {
        std::vector<float> values(dimension);
        for (float& value : values) value = normal(random);
        const std::string id = std::to_string(i);
        binary += Row(id, values);
        text += id;
        for (const float value : values) text += " " + std::to_string(value);
        text += "\n";
      }
      EXPECT_EQ(Read(binary).format, "word2vec binary");
      EXPECT_EQ(Read(text).format, "word2vec text");
    }
  }
}

TEST_F(Word2vecBinaryTest, IdsAreLeftToTheTableUpToALimit) {
  const std::string long_id(kMaxBinaryIdBytes, 'x');
  EXPECT_EQ(Read("1 2\n" + Row(long_id, {1, 2})).rows.at(0).id, long_id);
  EXPECT_EQ(Read("1 2\n" + Row("", {1, 2})).rows.at(0).id, "");
  EXPECT_THAT(Error("2 2\n" + Row("a", {1, 2}) + Row(long_id + "x", {1, 2})),
              HasSubstr("DATA_LOSS: v: byte 14: row 2 has no id: expected a "
                        "space within 4096 bytes"));
}

TEST_F(Word2vecBinaryTest, TruncationAndTrailingBytes) {
  const std::string rows = Row("a", {1, 2}) + Row("b", {3, 4});
  EXPECT_EQ(Error("2 2\n" + rows + "\nx"),
            "INVALID_ARGUMENT: v: byte 25: trailing data behind the 2 x 2 "
            "numbers that its header announces");
  EXPECT_EQ(Error("1 2\n" + rows),
            "INVALID_ARGUMENT: v: byte 14: trailing data behind the 1 x 2 "
            "numbers that its header announces");
  EXPECT_EQ(Error("3 2\n" + rows),
            "INVALID_ARGUMENT: v: its header announces 3 x 2 numbers, which "
            "take at least 27 bytes, but only 20 bytes follow it");
  const std::string long_rows =
      Row(std::string(50, 'a'), {1, 2}) + Row("b", {3, 4});
  EXPECT_EQ(Error("2 2\n" + long_rows.substr(0, long_rows.size() - 1)),
            "DATA_LOSS: v: byte 63: truncated: its header announces 2 x 2, the "
            "file ends within row 2");
  EXPECT_EQ(Error("3 2\n" + long_rows),
            "DATA_LOSS: v: byte 73: truncated: its header announces 3 x 2, the "
            "file ends within row 3");
}

TEST_F(Word2vecBinaryTest, NotFiniteIsLeftToTheTable) {
  const float inf = std::numeric_limits<float>::infinity();
  const ReadFile file = Read("1 2\n" + Row("a", {inf, 1}));
  ASSERT_TRUE(file.status.ok());
  EXPECT_EQ(file.rows.at(0).values[0], inf);
}

TEST_F(Word2vecBinaryTest, CompressedFiles) {
  const std::string bytes = "1 2\n" + Row("a", {1, 2});
  const ReadFile file = Read(Compress(bytes, ARCHIVE_FILTER_ZSTD));
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.format, "word2vec binary");
  EXPECT_EQ(file.announced, std::nullopt);
  EXPECT_THAT(Error(Compress("9" + bytes, ARCHIVE_FILTER_GZIP)),
              HasSubstr("DATA_LOSS: v: byte 15: truncated"));
}

TEST_F(Word2vecBinaryTest, RowsAcrossManyBuffers) {
  const uint32_t dimension = kMaxDimension;
  std::string bytes = "20 " + std::to_string(dimension) + "\n";
  for (int i = 0; i < 20; ++i) {
    bytes += Row("id" + std::to_string(i),
                 std::vector<float>(dimension, static_cast<float>(i)));
  }
  const ReadFile file = Read(bytes);
  ASSERT_TRUE(file.status.ok()) << file.status;
  ASSERT_EQ(file.rows.size(), 20u);
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(file.rows[i].id, "id" + std::to_string(i));
    EXPECT_EQ(file.rows[i].values,
              std::vector<float>(dimension, static_cast<float>(i)));
  }
}

}  // namespace
}  // namespace akin
