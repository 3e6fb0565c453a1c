#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "index/base/half.h"
#include "index/formats/safetensors_header.h"
#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<float> kValues = {1, -2, 0.5f, 4, 5, 6};

class SafetensorsTest : public FileFixture {
 protected:
  // Quotes may be written as '.
  static std::string File(const std::string& json, const std::string& data) {
    return SafetensorsFile(absl::StrReplaceAll(json, {{"'", "\""}}), data);
  }
  ReadFile Read(const std::string& bytes, const std::string& tensor = "") {
    return ReadAll(SourceSpec{Write("v", bytes), "", tensor});
  }
  ReadFile ReadJson(const std::string& json, const std::string& tensor = "") {
    return Read(File(json, BytesOfValues(kValues)), tensor);
  }
  std::string Error(const ReadFile& file) {
    return absl::StatusCodeToString(file.status.code()) + ": " +
           ErrorOf(file, Path("v"));
  }
  void ExpectHeaderRefused(const std::string& json,
                           const std::string& sentence) {
    EXPECT_THAT(Error(ReadJson(json)),
                StartsWith("INVALID_ARGUMENT: v: its safetensors header has " +
                           sentence))
        << json.substr(0, 200);
  }
};

TEST_F(SafetensorsTest, EveryTypeThatIsRead) {
  std::vector<uint16_t> halves;
  std::vector<uint16_t> brains;
  std::vector<double> doubles;
  for (const float value : kValues) {
    halves.push_back(FloatToHalf(value));
    brains.push_back(
        static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16));
    doubles.push_back(value);
  }
  const std::pair<std::string, std::string> files[] = {
      {"F32", BytesOfValues(kValues)},
      {"F16", BytesOfValues(halves)},
      {"BF16", BytesOfValues(brains)},
      {"F64", BytesOfValues(doubles)}};
  for (const auto& [dtype, data] : files) {
    const ReadFile file = Read(File("{'e':{'dtype':'" + dtype +
                                        "','shape':[3,2],'data_offsets':[0," +
                                        std::to_string(data.size()) + "]}}   ",
                                    data));
    ASSERT_TRUE(file.status.ok()) << file.status;
    EXPECT_EQ(file.format, "safetensors");
    EXPECT_EQ(file.announced, 3u);
    EXPECT_THAT(file.ids(), ElementsAre("0", "1", "2"));
    EXPECT_THAT(file.rows[0].values, ElementsAre(1, -2)) << dtype;
    EXPECT_THAT(file.rows[1].values, ElementsAre(0.5f, 4)) << dtype;
    EXPECT_EQ(file.rows[2].place, "row 2");
  }
  const ReadFile bytes =
      Read(File("{'e':{'dtype':'I8','shape':[1,3],'data_offsets':[0,3]}}",
                BytesOfValues(std::vector<signed char>{-128, 0, 127})));
  EXPECT_THAT(bytes.rows.at(0).values, ElementsAre(-128, 0, 127));
}

constexpr char kTwo[] =
    "{'__metadata__':{'format':'pt'},"
    "'b':{'shape':[1,2],'data_offsets':[16,24],'dtype':'F32'},"
    "'a.weight':{'dtype':'F32','shape':[2,2],'data_offsets':[0,16]}}";

TEST_F(SafetensorsTest, TheTensorIsChosenByName) {
  const ReadFile a = ReadJson(kTwo, "a.weight");
  ASSERT_TRUE(a.status.ok()) << a.status;
  EXPECT_EQ(a.rows.size(), 2u);
  EXPECT_THAT(a.rows[1].values, ElementsAre(0.5f, 4));
  const ReadFile b = ReadJson(kTwo, "b");
  ASSERT_TRUE(b.status.ok()) << b.status;
  ASSERT_EQ(b.rows.size(), 1u);
  EXPECT_THAT(b.rows[0].values, ElementsAre(5, 6));
  EXPECT_EQ(Error(ReadJson(kTwo)),
            "INVALID_ARGUMENT: v: has 2 2-D tensors; say which holds the "
            "vectors with tensor=NAME: a.weight (2 x 2, F32), b (1 x 2, F32)");
  EXPECT_EQ(Error(ReadJson(kTwo, "c")),
            "INVALID_ARGUMENT: v: has no tensor \"c\"; 2-D ones: a.weight (2 x "
            "2, F32), b (1 x 2, F32)");
}

TEST_F(SafetensorsTest, TheOnlyMatrixNeedsNoName) {
  const std::string json =
      "{'bias':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
      "'map':{'dtype':'U16','shape':[2,2],'data_offsets':[8,16]},"
      "'e':{'dtype':'F32','shape':[1,2],'data_offsets':[16,24]}}";
  const ReadFile file = ReadJson(json);
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.rows.at(0).values, ElementsAre(5, 6));
  EXPECT_EQ(Error(ReadJson(json, "bias")),
            "INVALID_ARGUMENT: v: tensor \"bias\" has 1 dimension, expected 2: "
            "rows x numbers");
  EXPECT_EQ(Error(ReadJson(json, "map")),
            "INVALID_ARGUMENT: v: tensor \"map\" is of \"U16\", expected F32, "
            "F16, BF16, F64 or I8");
  EXPECT_EQ(
      Error(ReadJson("{'bias':{'dtype':'F32','shape':[6],'data_offsets':"
                     "[0,24]}}")),
      "INVALID_ARGUMENT: v: has no 2-D tensor of numbers that akin reads; it "
      "has: bias (6, F32)");
  EXPECT_EQ(Error(Read(File("{}", ""))),
            "INVALID_ARGUMENT: v: has no 2-D tensor of numbers that akin "
            "reads; it has: none");
}

TEST_F(SafetensorsTest, HeadersThatAreNone) {
  const std::string rest = "'shape':[3,2],'data_offsets':[0,24]";
  const std::pair<std::string, std::string> headers[] = {
      {"{'a':{'dtype':'F32'," + rest + "}", "no JSON at byte"},
      {"{'a':{'dtype':'F32'," + rest + "}} x", "no JSON at byte"},
      {"{'a':{'dtype':'F32'," + rest + "},}", "no JSON at byte"},
      {"{'a':[]}", "a list where there should be none"},
      {"{'a':5}", "the number 5 where there should be none"},
      {"{'a':null}", "null where there should be none"},
      {"{'a':{" + rest + "}}",
       "in tensor \"a\": no dtype, no shape or no data_offsets"},
      {"{'a':{'dtype':4," + rest + "}}", "in tensor \"a\": the number 4 where"},
      {"{'a':{'dtype':'F32','dtype':'F32'," + rest + "}}",
       "in tensor \"a\": dtype twice"},
      {"{'a':{'dtype':'F32'," + rest + ",'shape':[1]}}",
       "in tensor \"a\": shape twice"},
      {"{'a':{'dtype':'F32'," + rest + ",'x':1}}",
       "in tensor \"a\": the key \"x\", expected dtype"},
      {"{'a':{'dtype':'F32','shape':[3,-2],'data_offsets':[0,24]}}",
       "in tensor \"a\": the number -2 where"},
      {"{'a':{'dtype':'F32','shape':[3,2.0],'data_offsets':[0,24]}}",
       "in tensor \"a\": the number 2.0 where"},
      {"{'a':{'dtype':'F32','shape':[3,99999999999999999999],"
       "'data_offsets':[0,24]}}",
       "in tensor \"a\": the number 99999999999999999999 where"},
      {"{'a':{'dtype':'F32','shape':[3,[2]],'data_offsets':[0,24]}}",
       "in tensor \"a\": a list where"},
      {"{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,1],"
       "'data_offsets':[0,4]}}",
       "in tensor \"a\": more than 8 dimensions"},
      {"{'a':{'dtype':'F32','shape':[3,2],'data_offsets':[0]}}",
       "in tensor \"a\": data_offsets that are not two numbers"},
      {"{'a':{'dtype':'F32','shape':[3,2],'data_offsets':[0,24,24]}}",
       "in tensor \"a\": the number 24 where"},
      {"{'__metadata__':{'a':1}}", "the number 1 where"},
      {"{'__metadata__':{'a':{'b':'c'}}}", "an object where"},
      {"{'__metadata__':{},'__metadata__':{}}", "__metadata__ twice"},
      {"{'a':{'dtype':'F32'," + rest + "}}" + std::string(3, '\0'),
       "other bytes behind its JSON"},
      {"{'a':" + std::string(100'000, '['), "a list where"}};
  for (const auto& [json, sentence] : headers) {
    ExpectHeaderRefused(json, sentence);
  }
}

TEST_F(SafetensorsTest, BytesThatAreNotThoseOfTheTensors) {
  const auto two = [](const std::string& a, const std::string& b) {
    return "{'a':{'dtype':'F32','shape':[2,2],'data_offsets':" + a +
           "},'b':{'dtype':'F32','shape':[1,2],'data_offsets':" + b + "}}";
  };
  ExpectHeaderRefused(two("[0,16]", "[8,16]"),
                      "bytes of two tensors at \"b\": it begins at 8, "
                      "expected 16");
  ExpectHeaderRefused(two("[0,16]", "[20,28]"),
                      "a gap before tensor \"b\": it begins at 20, expected "
                      "16");
  ExpectHeaderRefused(two("[8,24]", "[24,32]"),
                      "a gap before tensor \"a\": it begins at 8, expected 0");
  ExpectHeaderRefused(two("[0,8]", "[8,16]"),
                      "8 bytes for tensor \"a\", whose shape and dtype "
                      "(\"F32\") take 16");
  ExpectHeaderRefused(two("[16,0]", "[0,8]"),
                      "the bytes 16 to 0 for tensor \"a\"");
  ExpectHeaderRefused(
      "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':"
      "[0,24]}}",
      "24 bytes for tensor \"a\", whose shape and dtype (\"F32\") take another "
      "number");
  ExpectHeaderRefused(
      "{'a':{'dtype':'F32','shape':[1,2],'data_offsets':[0,8]},"
      "'a':{'dtype':'F32','shape':[2,2],'data_offsets':[8,24]}}",
      "two tensors called \"a\"");
}

TEST_F(SafetensorsTest, TheHeaderIsHeldAgainstTheFile) {
  const std::string good =
      File("{'a':{'dtype':'F32','shape':[3,2],'data_offsets':[0,24]}}",
           BytesOfValues(kValues));
  ASSERT_TRUE(Read(good).status.ok());
  EXPECT_EQ(Error(Read(good.substr(0, good.size() - 1))),
            "DATA_LOSS: v: truncated: its header announces 24 bytes of "
            "tensors, but only 23 bytes follow it");
  EXPECT_EQ(Error(Read(good.substr(0, 40))),
            "DATA_LOSS: v: truncated: the file ends within its header");
  EXPECT_EQ(Error(Read(good + "x")),
            "INVALID_ARGUMENT: v: trailing data: its header announces 24 bytes "
            "of tensors, but 25 bytes follow it");
  std::string long_header = good;
  long_header.replace(0, 8, BytesOfValue(uint64_t{100'000'001}));
  EXPECT_EQ(Error(Read(long_header)),
            "INVALID_ARGUMENT: v: its safetensors header has 100000001 bytes, "
            "expected at most 100000000");
  long_header.replace(0, 8, BytesOfValue(uint64_t{100'000'000}));
  EXPECT_EQ(Error(Read(long_header)),
            "INVALID_ARGUMENT: v: its safetensors header has other bytes "
            "behind its JSON");
}

TEST_F(SafetensorsTest, LimitsOfTables) {
  EXPECT_THAT(
      Error(Read(File(
          "{'a':{'dtype':'F32','shape':[0,2],'data_offsets':[0,0]}}", ""))),
      HasSubstr("announces 0 rows, expected 1 to"));
  EXPECT_THAT(
      Error(Read(File(
          "{'a':{'dtype':'I8','shape':[1,32769],'data_offsets':[0,32769]}}",
          std::string(32769, 'x')))),
      HasSubstr("announces 32769 dimensions"));
}

TEST_F(SafetensorsTest, CompressedFilesAreCheckedAtTheirEnd) {
  const std::string good = SafetensorsFile(
      absl::StrReplaceAll(kTwo, {{"'", "\""}}), BytesOfValues(kValues));
  const auto read = [&](const std::string& bytes, const std::string& tensor) {
    return Read(Compress(bytes, ARCHIVE_FILTER_ZSTD), tensor);
  };
  const ReadFile file = read(good, "b");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.announced, std::nullopt);
  EXPECT_THAT(file.rows.at(0).values, ElementsAre(5, 6));
  EXPECT_EQ(read(good + "x", "a.weight").status.code(),
            absl::StatusCode::kInvalidArgument);
  const size_t header = good.size() - 24;
  for (const size_t left : {0, 10, 16, 20, 23}) {
    for (const std::string tensor : {"a.weight", "b"}) {
      EXPECT_EQ(read(good.substr(0, header + left), tensor).status.code(),
                absl::StatusCode::kDataLoss)
          << left << " " << tensor;
    }
  }
}

TEST_F(SafetensorsTest, IdsFromAFileAndBadNumbers) {
  const std::vector<double> values = {1, 2, 1e300, 4};
  const std::string bytes =
      File("{'a':{'dtype':'F64','shape':[2,2],'data_offsets':[0,32]}}",
           BytesOfValues(values));
  const ReadFile file = ReadAll(Write("v", bytes), Write("ids", "x\ny\n"));
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(), ElementsAre("x"));
  EXPECT_THAT(file.bad, ElementsAre("row 1: not finite: number 1 of 2 is "
                                    "1e+300, more than a float can hold"));
  EXPECT_EQ(ErrorOf(ReadAll(Path("v"), Write("ids", "x\n")), Path("v")),
            "ids: has 1 id, expected one for each of the 2 rows of v");
}

TEST(SafetensorsHeaderTest, WhatBeginsLikeOne) {
  const auto head = [](uint64_t length, const std::string& json) {
    return BytesOfValue(length) + json;
  };
  EXPECT_TRUE(IsSafetensors(head(2, "{}")));
  EXPECT_TRUE(IsSafetensors(head(0xFFFF'FFFFu, "{\"")));
  EXPECT_FALSE(IsSafetensors(head(0x1'0000'0000u, "{\"")));
  EXPECT_FALSE(IsSafetensors(head(2, "[]")));
  EXPECT_FALSE(IsSafetensors(head(2, "{")));
  EXPECT_FALSE(IsSafetensors(head(2, "{x")));
  EXPECT_FALSE(IsSafetensors(""));
}

}  // namespace
}  // namespace akin
