// fvecs, bvecs, fbin, u8bin, i8bin: told apart by content, or by format=.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

using Floats = std::vector<float>;
using Bytes = std::vector<uint8_t>;

class RawFormatTest : public FileFixture {
 protected:
  ReadFile Read(const std::string& bytes, const std::string& format = "",
                const std::string& ids = "") {
    return ReadAll(SourceSpec{Write("v", bytes), ids, "", format});
  }
  std::string Error(const ReadFile& file) {
    return absl::StatusCodeToString(file.status.code()) + ": " +
           ErrorOf(file, Path("v"));
  }
};

std::string Fvecs() {
  return VecsRow<float>({1, -2}) + VecsRow<float>({0.5f, 4}) +
         VecsRow<float>({5, 6});
}

TEST_F(RawFormatTest, Fvecs) {
  const ReadFile file = Read(Fvecs());
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.format, "fvecs");
  EXPECT_EQ(file.announced, 3u);
  EXPECT_THAT(file.ids(), ElementsAre("0", "1", "2"));
  EXPECT_THAT(file.rows[1].values, ElementsAre(0.5f, 4));
  EXPECT_EQ(file.rows[2].place, "row 2");
  // One row may be chance.
  EXPECT_THAT(Error(Read(VecsRow<float>({1, 2, 3}))), HasSubstr("in none of"));
  EXPECT_EQ(Read(VecsRow<float>({1, 2, 3}), "fvecs").rows.size(), 1u);
}

TEST_F(RawFormatTest, Bvecs) {
  const ReadFile file =
      Read(VecsRow<uint8_t>({0, 128, 255}) + VecsRow<uint8_t>({1, 2, 3}));
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.format, "bvecs");
  EXPECT_THAT(file.rows.at(0).values, ElementsAre(0, 128, 255));
}

TEST_F(RawFormatTest, Fbin) {
  const ReadFile file = Read(BinFile<float>(2, 3, {1, -2, 0.5f, 4, 5, 6}));
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.format, "fbin");
  EXPECT_EQ(file.announced, 2u);
  EXPECT_THAT(file.ids(), ElementsAre("0", "1"));
  EXPECT_THAT(file.rows[1].values, ElementsAre(4, 5, 6));
}

TEST_F(RawFormatTest, BytesMayBeSignedOrNot) {
  const std::string bytes = BinFile<uint8_t>(2, 3, {0, 128, 255, 1, 2, 3});
  EXPECT_EQ(Error(Read(bytes)),
            "INVALID_ARGUMENT: v: may be u8bin or i8bin, which its bytes do "
            "not tell apart; say which with format=u8bin or format=i8bin");
  const ReadFile u8 = Read(bytes, "u8bin");
  ASSERT_TRUE(u8.status.ok()) << u8.status;
  EXPECT_EQ(u8.format, "u8bin");
  EXPECT_THAT(u8.rows.at(0).values, ElementsAre(0, 128, 255));
  const ReadFile i8 = Read(bytes, "i8bin");
  EXPECT_EQ(i8.format, "i8bin");
  EXPECT_THAT(i8.rows.at(0).values, ElementsAre(0, -128, -1));
}

TEST_F(RawFormatTest, SeveralThatFit) {
  // fbin of 1 x 1, and fvecs of one row of dimension 1... 12 bytes are no
  // multiple of 8; 2 x 3 floats with the int32 2 at byte 12 are both.
  std::string both = BinFile<float>(2, 2, {1, 0, 0, 1});
  both.replace(12, 4, BytesOfValue(int32_t{2}));
  ASSERT_EQ(both.size(), 24u);
  EXPECT_THAT(Error(Read(both)), HasSubstr("may be fvecs or fbin, which"));
  EXPECT_EQ(Read(both, "fbin").rows.size(), 2u);
  EXPECT_EQ(Read(both, "fvecs").rows.size(), 2u);
}

TEST_F(RawFormatTest, ListsOfNeighbours) {
  const std::string ivecs =
      VecsRow<int32_t>({5, 9, 1000}) + VecsRow<int32_t>({0, 1, 2});
  EXPECT_THAT(Error(Read(ivecs)),
              StartsWith("INVALID_ARGUMENT: v: is ivecs, whole numbers"));
  EXPECT_THAT(Error(Read(BinFile<int32_t>(2, 2, {5, 9, 1, 2}))),
              StartsWith("INVALID_ARGUMENT: v: is ibin, whole numbers"));
  EXPECT_THAT(Error(Read(ivecs, "ivecs")),
              StartsWith("INVALID_ARGUMENT: v: format is \"ivecs\", expected "
                         "fvecs, bvecs, fbin, u8bin or i8bin"));
}

TEST_F(RawFormatTest, TruncatedFiles) {
  const std::string fvecs = Fvecs() + VecsRow<float>({7, 8});
  EXPECT_EQ(Error(Read(fvecs.substr(0, fvecs.size() - 1))),
            "DATA_LOSS: v: truncated: the file ends within row 3");
  EXPECT_EQ(Error(Read(fvecs.substr(0, fvecs.size() - 10), "fvecs")),
            "DATA_LOSS: v: truncated: the file ends within row 3");
  EXPECT_EQ(Error(Read("abc", "fvecs")),
            "DATA_LOSS: v: truncated: the file ends within row 0");
  const std::string fbin = BinFile<float>(2, 3, {1, -2, 0.5f, 4, 5, 6});
  EXPECT_EQ(Error(Read(fbin.substr(0, 30), "fbin")),
            "DATA_LOSS: v: truncated: its header announces 2 x 3 numbers, "
            "which take 24 bytes, but only 22 bytes follow it");
  EXPECT_EQ(Error(Read(fbin.substr(0, 7), "fbin")),
            "DATA_LOSS: v: truncated: the file ends within its header");
  EXPECT_THAT(Error(Read(fbin + "x", "fbin")), HasSubstr("trailing data"));
}

TEST_F(RawFormatTest, RowsOfAnotherDimension) {
  const std::string rows = VecsRow<float>({1, 2}) + VecsRow<float>({1, 2, 3});
  EXPECT_EQ(Error(Read(rows, "fvecs")),
            "DATA_LOSS: v: byte 12: row 1 has 3 dimensions, expected 2; the "
            "file is damaged, or not fvecs");
  EXPECT_EQ(Error(Read(BytesOfValue(int32_t{-2}) + "abcd", "fvecs")),
            "INVALID_ARGUMENT: v: its first row has -2 dimensions, expected 1 "
            "to 32768");
  EXPECT_THAT(Error(Read(BytesOfValue(int32_t{32769}) + "abcd", "bvecs")),
              HasSubstr("has 32769 dimensions"));
  EXPECT_THAT(Error(Read(BinFile<float>(0, 2, {}), "fbin")),
              HasSubstr("announces 0 rows"));
  EXPECT_THAT(Error(Read(BinFile<float>(1, 40000, {}), "fbin")),
              HasSubstr("announces 40000 dimensions"));
}

TEST_F(RawFormatTest, CompressedWithAFormat) {
  const std::string gz = Compress(Fvecs(), ARCHIVE_FILTER_GZIP);
  const ReadFile file = Read(gz, "fvecs");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.rows.size(), 3u);
  EXPECT_EQ(file.announced, std::nullopt);
  EXPECT_THAT(Error(Read(gz)), HasSubstr("is in none of the formats"));
  const std::string cut = Fvecs().substr(0, 30);
  EXPECT_EQ(Error(Read(Compress(cut, ARCHIVE_FILTER_GZIP), "fvecs")),
            "DATA_LOSS: v: truncated: the file ends within row 2");
}

TEST_F(RawFormatTest, IdsFromAFile) {
  EXPECT_THAT(Read(Fvecs(), "", Write("ids", "x\ny\nz\n")).ids(),
              ElementsAre("x", "y", "z"));
  EXPECT_EQ(Error(Read(Fvecs(), "", Write("ids", "x\n"))),
            "INVALID_ARGUMENT: ids: has 1 id, expected one for each of the 3 "
            "rows of v");
  EXPECT_EQ(Error(Read(Compress(Fvecs(), ARCHIVE_FILTER_GZIP), "fvecs",
                       Write("ids", "x\n"))),
            "INVALID_ARGUMENT: ids: has 1 id, expected one for each row of v");
  EXPECT_THAT(Error(Read(Fvecs(), "", Write("ids", "x\ny\nz\nu\n"))),
              HasSubstr("has 4 ids"));
}

TEST_F(RawFormatTest, AFormatIsBelieved) {
  // Text that is told to be fvecs is no fvecs.
  EXPECT_THAT(Error(Read("king 1 2\nqueen 3 4\n", "fvecs")),
              HasSubstr("its first row has"));
  EXPECT_THAT(Error(Read("a 1 2\n", "npy")), HasSubstr("format is \"npy\""));
}

}  // namespace
}  // namespace akin
