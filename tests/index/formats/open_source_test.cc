#include "index/formats/open_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class OpenSourceTest : public FileFixture {
 protected:
  std::string Error(const std::string& bytes) {
    const ReadFile file = ReadAll(Write("v", bytes));
    return absl::StatusCodeToString(file.status.code()) + ": " +
           ErrorOf(file, Path("v"));
  }
};

template <size_t N>
std::string Bytes(const char (&text)[N]) {
  return std::string(text, N - 1);
}

TEST_F(OpenSourceTest, ForeignFormatsAreNamed) {
  const std::pair<std::string, std::string> files[] = {
      {Bytes("\x80\x02}q\0."), "is a Python pickle"},
      {Bytes("\x80\x05\x95\x01"), "is a Python pickle"},
      {Bytes("PAR1\x15\x04"), "is a Parquet file"},
      {Bytes("ARROW1\0\0"), "is an Arrow file"},
      {Bytes("\xFF\xFE"
             "a\0 \0"
             "1\0"),
       "is UTF-16 text"},
      {std::string(257, 'a') + "ustar", "is a tar archive"}};
  for (const auto& [bytes, sentence] : files) {
    EXPECT_THAT(Error(bytes), StartsWith("INVALID_ARGUMENT: v: " + sentence));
    EXPECT_THAT(Error(Compress(bytes, ARCHIVE_FILTER_GZIP)),
                StartsWith("INVALID_ARGUMENT: v: " + sentence));
  }
  EXPECT_THAT(Error(Bytes("\x80\x04\x95")), HasSubstr("save_word2vec_format"));
}

TEST_F(OpenSourceTest, WhatIsInNoFormat) {
  const std::string unknown =
      "INVALID_ARGUMENT: v: is in none of the formats akin reads: ";
  const std::string files[] = {
      "\n",
      "word\n",
      "the quick brown fox\njumps over\nthe lazy dog\n",
      "id,x,y\na,b,c\n",
      "{\"id\" is\n",
      Bytes("\0\0\0\0\0\0\0\0"),
      std::string(size_t{5} << 20, 'x'),
      std::string(size_t{5} << 20, '\0'),
      "0.5\n0.25\n"};
  for (const std::string& bytes : files) {
    EXPECT_THAT(Error(bytes), StartsWith(unknown)) << bytes.substr(0, 40);
  }
  EXPECT_EQ(Error(""), "INVALID_ARGUMENT: v: is empty");
  EXPECT_EQ(Error(Compress("", ARCHIVE_FILTER_GZIP)),
            "INVALID_ARGUMENT: v: is empty");
}

TEST_F(OpenSourceTest, ATensorBelongsToFilesThatNameThem) {
  const std::string npy = NpyFile(NpyDict("<f4", "(1, 1)"), "abcd");
  const std::pair<std::string, std::string> files[] = {
      {"a 1 2\nb 3 4\n", "GloVe text"},
      {"a,1,2\nb,3,4\n", "CSV"},
      {npy, "npy"},
      {VecsRow<float>({1, 2}) + VecsRow<float>({3, 4}), "fvecs"}};
  for (const auto& [bytes, format] : files) {
    const ReadFile file = ReadAll(SourceSpec{Write("v", bytes), "", "e"});
    EXPECT_EQ(file.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ErrorOf(file, Path("v")),
              "v: is " + format +
                  ", which has no named tensors; tensor=\"e\" belongs to a "
                  "safetensors, npz or HDF5 file");
  }
}

TEST_F(OpenSourceTest, AnIdsFileBelongsToFormatsWithout) {
  const std::string ids = Write("ids", "a\nb\n");
  for (const std::string text : {"a 1 2\nb 3 4\n", "2 2\na 1 2\nb 3 4\n"}) {
    const ReadFile file = ReadAll(Write("v", text), ids);
    EXPECT_EQ(file.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(ErrorOf(file, ids), HasSubstr("which holds its own ids"));
  }
}

TEST_F(OpenSourceTest, TheNameSaysNothing) {
  EXPECT_EQ(ReadAll(Write("v.npy", "a 1 2\nb 3 4\n")).format, "GloVe text");
  EXPECT_EQ(ReadAll(Write("v.bin", "1 2\na 1 2\n")).format, "word2vec text");
  EXPECT_EQ(ReadAll(Write("v.txt.gz", "a 1 2\nb 3 4\n")).format, "GloVe text");
  EXPECT_EQ(ReadAll(Write("v.fvecs", "a,1,2\nb,3,4\n")).format, "CSV");
  EXPECT_EQ(
      ReadAll(Write("v.csv", VecsRow<float>({1, 2}) + VecsRow<float>({1, 2})))
          .format,
      "fvecs");
}

TEST_F(OpenSourceTest, ProgressReachesTheFileSize) {
  const std::string text = "2 2\na 1 2\nb 3 4\n";
  for (const std::string& bytes : {text, Compress(text, ARCHIVE_FILTER_GZIP)}) {
    auto source = *OpenVectorSource({Write("v", bytes)});
    std::vector<float> values(2);
    SourceRow row;
    while (*source->Next(absl::MakeSpan(values), &row) !=
           VectorSource::Outcome::kEnd) {
    }
    EXPECT_EQ(source->bytes_read(), bytes.size());
  }
}

TEST_F(OpenSourceTest, MissingFiles) {
  EXPECT_EQ(OpenVectorSource({Path("none")}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenVectorSource({Path(".")}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace akin
