#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "index/base/half.h"
#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<float> kValues = {1, -2, 0.5f, 4, 5, 6};

class NpyTest : public FileFixture {
 protected:
  ReadFile Read(const std::string& bytes) {
    return ReadAll(Write("v.npy", bytes));
  }
  ReadFile ReadWithIds(const std::string& ids) {
    const std::string file =
        NpyFile(NpyDict("<f4", "(3, 2)"), BytesOfValues(kValues));
    return ReadAll(Write("v.npy", file), Write("ids.txt", ids));
  }
  std::string Error(const ReadFile& file) {
    return absl::StatusCodeToString(file.status.code()) + ": " +
           ErrorOf(file, Path("v.npy"));
  }
  std::string HeaderError(const std::string& dict) {
    return Error(Read(NpyFile(dict, BytesOfValues(kValues))));
  }
};

TEST_F(NpyTest, EveryTypeThatIsRead) {
  const std::vector<double> doubles(kValues.begin(), kValues.end());
  std::vector<uint16_t> halves;
  halves.reserve(kValues.size());
  for (const float value : kValues) halves.push_back(FloatToHalf(value));
  const std::pair<std::string, std::string> files[] = {
      {"<f4", BytesOfValues(kValues)},
      {"<f8", BytesOfValues(doubles)},
      {"<f2", BytesOfValues(halves)}};
  for (const auto& [descr, data] : files) {
    const ReadFile file = Read(NpyFile(NpyDict(descr, "(3, 2)"), data));
    ASSERT_TRUE(file.status.ok()) << file.status;
    EXPECT_EQ(file.format, "npy");
    EXPECT_EQ(file.announced, 3u);
    EXPECT_THAT(file.ids(), ElementsAre("0", "1", "2"));
    EXPECT_THAT(file.rows[0].values, ElementsAre(1, -2));
    EXPECT_THAT(file.rows[1].values, ElementsAre(0.5f, 4));
    EXPECT_EQ(file.rows[2].place, "row 2");
  }
  const ReadFile bytes =
      Read(NpyFile(NpyDict("|i1", "(1, 3)"),
                   BytesOfValues(std::vector<signed char>{-128, 0, 127})));
  EXPECT_THAT(bytes.rows.at(0).values, ElementsAre(-128, 0, 127));
}

TEST_F(NpyTest, EveryVersionAndSpelling) {
  const std::string dict =
      "{\"shape\":(3L,2L) , 'fortran_order':False,\"descr\" : '<f4'}\n";
  const std::string data = BytesOfValues(kValues);
  const auto length = static_cast<uint32_t>(dict.size());
  for (const char version : {'\1', '\2', '\3'}) {
    std::string file = std::string("\x93NUMPY") + version + '\0';
    file += version == 1 ? BytesOfValue(static_cast<uint16_t>(length))
                         : BytesOfValue(length);
    file += dict + data;
    const ReadFile read = Read(file);
    ASSERT_TRUE(read.status.ok()) << read.status;
    EXPECT_EQ(read.rows.size(), 3u);
  }
  EXPECT_EQ(Error(Read(std::string("\x93NUMPY\x04\x00", 8) + dict + data)),
            "INVALID_ARGUMENT: v.npy: is npy version 4.0, akin reads 1.0, 2.0 "
            "and 3.0");
  EXPECT_EQ(
      Error(Read(std::string("\x93NUMPY\x02\x00\xFF\xFF\xFF\x7F", 12) + dict)),
      "INVALID_ARGUMENT: v.npy: its npy header has 2147483647 bytes, "
      "expected at most 65536");
}

TEST_F(NpyTest, HeadersThatAreNone) {
  const std::string refused =
      "INVALID_ARGUMENT: v.npy: its npy header is not a dict of descr, "
      "fortran_order, shape";
  for (const std::string dict : {
           "",
           "{}",
           "{'descr': '<f4'}",
           "[]",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), } x",
           "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3, 2), }",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2), }",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (3 2), }",
           "{'descr': '<f4', 'fortran_order': False, 'shape': 3, }",
           "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'x': 1}",
           "{'descr: '<f4', 'fortran_order': False, 'shape': (3, 2), }",
           "{'descr': __import__('os'), 'fortran_order': False}",
       }) {
    EXPECT_EQ(HeaderError(dict), refused) << dict;
  }
}

TEST_F(NpyTest, OtherTypesAreNamed) {
  const std::pair<const char*, const char*> types[] = {
      {"<i8", "holds int64 ('<i8')"},
      {"|u1", "holds uint8 ('|u1')"},
      {"|b1", "holds bool ('|b1')"},
      {"<c8", "holds complex64 ('<c8')"},
      {"<U12", "holds text ('<U12')"},
      {"<M8[ns]", "holds times ('<M8[ns]')"},
      {"|V8", "holds raw bytes ('|V8')"},
      {"<f16", "holds float128 ('<f16')"},
      {">f4", "holds float32, big-endian ('>f4')"},
      {"x", "holds an unknown dtype ('x')"},
      {"|O", "holds pickled Python objects (dtype '|O')"}};
  for (const auto& [descr, sentence] : types) {
    EXPECT_THAT(
        HeaderError(NpyDict(descr, "(3, 2)")),
        StartsWith(std::string("INVALID_ARGUMENT: v.npy: ") + sentence));
  }
  EXPECT_THAT(HeaderError("{'descr': [('a', '<f4'), ('b', '<f4')], "
                          "'fortran_order': False, 'shape': (3,), }"),
              HasSubstr("structured dtype"));
}

TEST_F(NpyTest, Shapes) {
  EXPECT_EQ(HeaderError(NpyDict("<f4", "(6,)")),
            "INVALID_ARGUMENT: v.npy: is an array of shape (6,) with 1 "
            "dimension, expected 2: rows x numbers");
  EXPECT_THAT(HeaderError(NpyDict("<f4", "()")), HasSubstr("shape () with 0"));
  EXPECT_THAT(HeaderError(NpyDict("<f4", "(3, 2, 1)")),
              HasSubstr("shape (3, 2, 1) with 3 dimensions"));
  EXPECT_THAT(HeaderError(NpyDict("<f4", "(0, 2)")),
              HasSubstr("announces 0 rows, expected 1 to"));
  EXPECT_THAT(HeaderError(NpyDict("<f4", "(3, 0)")),
              HasSubstr("announces 0 dimensions, expected 1 to"));
  EXPECT_THAT(HeaderError(NpyDict("<f4", "(1, 32769)")),
              HasSubstr("announces 32769 dimensions"));
  EXPECT_THAT(HeaderError("{'descr': '<f4', 'fortran_order': True, "
                          "'shape': (3, 2), }"),
              HasSubstr("Fortran order"));
}

TEST_F(NpyTest, TheHeaderIsHeldAgainstTheFile) {
  EXPECT_EQ(HeaderError(NpyDict("<f4", "(4, 2)")),
            "INVALID_ARGUMENT: v.npy: its header announces 4 x 2 numbers, "
            "which take at least 32 bytes, but only 24 bytes follow it");
  EXPECT_EQ(HeaderError(NpyDict("<f4", "(2, 2)")),
            "INVALID_ARGUMENT: v.npy: trailing data: its header announces 2 x "
            "2 numbers, which take 16 bytes, but 24 bytes follow it");
  EXPECT_THAT(HeaderError(NpyDict("<f8", "(4294967294, 32768)")),
              HasSubstr("which take at least 1125899906318336 bytes"));
  EXPECT_THAT(HeaderError(NpyDict("<f4", "(18446744073709551616, 2)")),
              HasSubstr("announces 18446744073709551616 rows"));
}

TEST_F(NpyTest, CompressedFilesAreCheckedAtTheirEnd) {
  const std::string data = BytesOfValues(kValues);
  const auto read = [&](const std::string& shape) {
    return Read(
        Compress(NpyFile(NpyDict("<f4", shape), data), ARCHIVE_FILTER_GZIP));
  };
  EXPECT_TRUE(read("(3, 2)").status.ok());
  EXPECT_EQ(read("(3, 2)").announced, std::nullopt);
  EXPECT_EQ(read("(4, 2)").status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(read("(2, 2)").status.code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(NpyTest, DoublesThatNoFloatHolds) {
  const double most = std::numeric_limits<float>::max();
  const std::vector<double> values = {
      1,      1e300, most, -most, 1, -std::numeric_limits<double>::infinity(),
      1e-300, 2};
  const ReadFile file =
      Read(NpyFile(NpyDict("<f8", "(4, 2)"), BytesOfValues(values)));
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(), ElementsAre("1", "3"));
  EXPECT_THAT(file.rows[1].values, ElementsAre(0, 2));
  EXPECT_THAT(file.bad,
              ElementsAre("row 0: not finite: number 2 of 2 is 1e+300, more "
                          "than a float can hold",
                          "row 2: not finite: number 2 of 2 is -inf"));
}

TEST_F(NpyTest, IdsFromAFile) {
  EXPECT_THAT(ReadWithIds("a\nb c\r\n\xC3\xA9\n").ids(),
              ElementsAre("a", "b c", "\xC3\xA9"));
  EXPECT_THAT(ReadWithIds("a\nb\nc").ids(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(ReadWithIds("a\n\nc\n\n\n").ids(), ElementsAre("a", "", "c"));
  EXPECT_THAT(ReadWithIds("\xEF\xBB\xBF"
                          "a\nb\nc\n")
                  .ids(),
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(ReadWithIds(Compress("a\nb\nc\n", ARCHIVE_FILTER_XZ)).ids(),
              ElementsAre("a", "b", "c"));
}

TEST_F(NpyTest, AsManyIdsAsRows) {
  EXPECT_EQ(Error(ReadWithIds("a\nb\n")),
            "INVALID_ARGUMENT: ids.txt: has 2 ids, expected one for each of "
            "the 3 rows of v.npy");
  EXPECT_EQ(Error(ReadWithIds("a\nb\nc\nd\n\ne\n\n")),
            "INVALID_ARGUMENT: ids.txt: has 6 ids, expected one for each of "
            "the 3 rows of v.npy");
  EXPECT_THAT(Error(ReadWithIds("")), HasSubstr("has 0 ids"));
  const std::string npy =
      NpyFile(NpyDict("<f4", "(3, 2)"), BytesOfValues(kValues));
  EXPECT_EQ(ReadAll(Write("v.npy", npy), Path("none")).status.code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace akin
