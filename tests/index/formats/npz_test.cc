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

using Files = std::vector<std::pair<std::string, std::string>>;

const std::vector<float> kValues = {1, -2, 0.5f, 4, 5, 6};

std::string Vectors() {
  return NpyFile(NpyDict("<f4", "(3, 2)"), BytesOfValues(kValues));
}

// '<U2' of single characters.
std::string Texts(const std::vector<char32_t>& points) {
  std::string data;
  for (const char32_t point : points) {
    data += BytesOfValue(static_cast<uint32_t>(point)) + std::string(4, '\0');
  }
  return NpyFile(NpyDict("<U2", "(" + std::to_string(points.size()) + ",)"),
                 data);
}

class NpzTest : public FileFixture {
 protected:
  ReadFile Read(const Files& files, const std::string& tensor = "",
                const std::string& ids = "") {
    return ReadBytes(ZipFile(files), tensor, ids);
  }
  ReadFile ReadBytes(const std::string& bytes, const std::string& tensor = "",
                     const std::string& ids = "") {
    return ReadAll(SourceSpec{Write("v", bytes), ids, tensor});
  }
  std::string Error(const ReadFile& file) {
    return absl::StatusCodeToString(file.status.code()) + ": " +
           ErrorOf(file, Path("v"));
  }
};

TEST_F(NpzTest, StoredAndDeflated) {
  for (const bool deflate : {false, true}) {
    const ReadFile file = ReadBytes(
        ZipFile({{"vectors.npy", Vectors()}, {"read.me", "text"}}, deflate));
    ASSERT_TRUE(file.status.ok()) << file.status;
    EXPECT_EQ(file.format, "npz");
    EXPECT_EQ(file.announced, 3u);
    EXPECT_THAT(file.ids(), ElementsAre("0", "1", "2"));
    EXPECT_THAT(file.rows[1].values, ElementsAre(0.5f, 4));
  }
}

TEST_F(NpzTest, WhatIsLargerThanTheArchiveIsNotAnnounced) {
  const std::string zeros(size_t{4} * 10000, '\0');
  const ReadFile file = ReadBytes(
      ZipFile({{"v.npy", NpyFile(NpyDict("<f4", "(10000, 1)"), zeros)}}, true));
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_EQ(file.announced, std::nullopt);
  EXPECT_EQ(file.rows.size(), 10000u);
}

TEST_F(NpzTest, TheArrayIsChosenByName) {
  const Files files = {
      {"b.npy", NpyFile(NpyDict("<f4", "(1, 2)"),
                        BytesOfValues(std::vector<float>{7, 8}))},
      {"names.npy", Texts({'a'})},
      {"a.npy", Vectors()},
      {"words.npy", NpyFile(NpyDict("|O", "(3,)"), "pickle")}};
  EXPECT_EQ(Read(files, "a").rows.size(), 3u);
  EXPECT_THAT(Read(files, "b").rows.at(0).values, ElementsAre(7, 8));
  EXPECT_EQ(Error(Read(files)),
            "INVALID_ARGUMENT: v: has 2 2-D tensors; say which holds the "
            "vectors with tensor=NAME: b (1 x 2, <f4), a (3 x 2, <f4)");
  EXPECT_THAT(Error(Read(files, "a.npy")), HasSubstr("no tensor \"a.npy\""));
  EXPECT_THAT(Error(Read(files, "names")),
              StartsWith("INVALID_ARGUMENT: v: \"names\": holds text ('<U2')"));
  EXPECT_THAT(Error(Read(files, "words")),
              HasSubstr("\"words\": holds pickled Python objects"));
}

TEST_F(NpzTest, IdsFromTheArray) {
  const std::string texts = Texts({U'a', U'\u00E9', U'\U0001F600'});
  // Before the vectors and behind them.
  for (const Files& files : {Files{{"ids.npy", texts}, {"v.npy", Vectors()}},
                             Files{{"v.npy", Vectors()}, {"ids.npy", texts}}}) {
    const ReadFile file = Read(files);
    ASSERT_TRUE(file.status.ok()) << file.status;
    EXPECT_THAT(file.ids(), ElementsAre("a", "\xC3\xA9", "\xF0\x9F\x98\x80"));
    EXPECT_THAT(file.rows[2].values, ElementsAre(5, 6));
    // A file of ids wins.
    EXPECT_THAT(Read(files, "", Write("ids", "x\ny\nz\n")).ids(),
                ElementsAre("x", "y", "z"));
  }
}

TEST_F(NpzTest, EveryTypeOfIds) {
  const auto ids = [&](const std::string& descr, const std::string& data) {
    const ReadFile file =
        Read({{"v.npy", Vectors()},
              {"ids.npy", NpyFile(NpyDict(descr, "(3,)"), data)}});
    EXPECT_TRUE(file.status.ok()) << file.status;
    return file.ids();
  };
  EXPECT_THAT(ids("|S3", std::string("a\0\0b\0ccde", 9)),
              ElementsAre("a", std::string("b\0c", 3), "cde"));
  EXPECT_THAT(ids("<i8", BytesOfValues(std::vector<int64_t>{-1, 0, 1LL << 40})),
              ElementsAre("-1", "0", "1099511627776"));
  EXPECT_THAT(ids("<i4", BytesOfValues(std::vector<int32_t>{-5, 0, 7})),
              ElementsAre("-5", "0", "7"));
  EXPECT_THAT(ids("<u4", BytesOfValues(std::vector<uint32_t>{1, 0, ~0u})),
              ElementsAre("1", "0", "4294967295"));
  EXPECT_THAT(ids("<u8", BytesOfValues(std::vector<uint64_t>{1, 0, ~0ull})),
              ElementsAre("1", "0", "18446744073709551615"));
  EXPECT_THAT(ids("|i1", "\xFF\x01\x02"), ElementsAre("-1", "1", "2"));
  // No code points: bytes that are no UTF-8.
  EXPECT_THAT(ids("<U1", BytesOfValues(std::vector<uint32_t>{0xD800, 0x110000,
                                                             0xFFFFFFFF})),
              ElementsAre("\xED\xA0\x80", "\xFF", "\xFF"));
}

TEST_F(NpzTest, IdsThatAreNone) {
  const auto error = [&](const std::string& descr, const std::string& shape) {
    return Error(Read(
        {{"v.npy", Vectors()},
         {"ids.npy", NpyFile(NpyDict(descr, shape), std::string(24, 'a'))}}));
  };
  EXPECT_THAT(error("|O", "(3,)"),
              StartsWith("INVALID_ARGUMENT: v: \"ids\": holds \"|O\", pickled "
                         "Python objects, which akin never runs, expected "
                         "ids: text"));
  EXPECT_THAT(error("<f8", "(3,)"), HasSubstr("holds \"<f8\", expected ids"));
  EXPECT_THAT(error(">U2", "(3,)"), HasSubstr("holds \">U2\", expected ids"));
  EXPECT_THAT(error("|S0", "(3,)"), HasSubstr("holds \"|S0\""));
  EXPECT_THAT(error("<U99999999999999999999", "(3,)"), HasSubstr("holds"));
  EXPECT_THAT(error("|S8", "(3, 1)"), HasSubstr("has 2 dimensions, expected"));
  EXPECT_EQ(error("|S8", "(2,)"),
            "INVALID_ARGUMENT: v: \"ids\": has \"2\" ids, expected one for "
            "each of the 3 rows of v: \"v\"");
  EXPECT_THAT(error("|S9", "(3,)"), StartsWith("DATA_LOSS: v: \"ids\": trunc"));
  EXPECT_THAT(error("|S7", "(3,)"), HasSubstr("trailing data behind its 3"));
  // With a file of ids the array does not matter.
  EXPECT_TRUE(Read({{"v.npy", Vectors()},
                    {"ids.npy", NpyFile(NpyDict("|O", "(3,)"), "x")}},
                   "", Write("ids", "a\nb\nc\n"))
                  .status.ok());
}

TEST_F(NpzTest, ArchivesWithoutArrays) {
  const std::string none =
      "INVALID_ARGUMENT: v: is a zip archive without npy arrays (PyTorch, "
      "Keras), which akin does not read";
  EXPECT_THAT(Error(Read({{"data.pkl", "\x80\x02}q"}})), StartsWith(none));
  EXPECT_THAT(Error(Read({})), StartsWith(none));
  EXPECT_EQ(Error(Read({{"a.npy", "text"}})),
            "INVALID_ARGUMENT: v: has no 2-D tensor of numbers that akin "
            "reads; it has: a (no npy file)");
  EXPECT_EQ(Error(Read({{"a.npy", Vectors()}, {"a.npy", Vectors()}})),
            "INVALID_ARGUMENT: v: has two arrays called \"a\"");
  Files many;
  many.reserve(1001);
  for (int i = 0; i < 1001; ++i) {
    many.emplace_back(std::to_string(i) + ".npy", "");
  }
  EXPECT_EQ(Error(Read(many)),
            "INVALID_ARGUMENT: v: has more than 1000 arrays");
}

TEST_F(NpzTest, DamagedArchives) {
  const std::string good = ZipFile({{"v.npy", Vectors()}});
  // A number was changed: the checksum is another.
  std::string changed = good;
  const size_t numbers = good.find(BytesOfValues(kValues));
  ASSERT_NE(numbers, good.npos);
  changed[numbers + 5] ^= 1;
  EXPECT_THAT(Error(ReadBytes(changed)), StartsWith("DATA_LOSS: v: damaged"));
  EXPECT_THAT(Error(ReadBytes(good.substr(0, good.size() - 1))),
              StartsWith("DATA_LOSS: v: truncated"));
  EXPECT_THAT(Error(ReadBytes(Compress(good, ARCHIVE_FILTER_GZIP))),
              HasSubstr("decompress it"));
  std::string large = "PK\x03\x04" + std::string(size_t{2} << 20, '\0') +
                      good.substr(good.find("PK\x05\x06"));
  EXPECT_THAT(Error(ReadBytes(large)), HasSubstr("the directory of the zip"));
}

// Whose decoders take as much memory as the file says.
TEST_F(NpzTest, OtherCompressionsAreRefused) {
  std::string lzma = ZipFile({{"v.npy", Vectors()}});
  lzma[lzma.find("PK\x03\x04") + 8] = 14;
  lzma[lzma.find("PK\x01\x02") + 10] = 14;
  const std::string error = Error(ReadBytes(lzma));
  EXPECT_THAT(error,
              StartsWith("INVALID_ARGUMENT: v: v.npy is compressed as ZIP"));
  EXPECT_THAT(error, HasSubstr("(lzma), expected stored or deflated"));
}

TEST_F(NpzTest, TheHeaderIsHeldAgainstTheEntry) {
  const auto error = [&](const std::string& shape) {
    return Error(Read(
        {{"v.npy", NpyFile(NpyDict("<f4", shape), BytesOfValues(kValues))}}));
  };
  EXPECT_THAT(error("(4, 2)"),
              StartsWith("INVALID_ARGUMENT: v: \"v\": its header announces"));
  EXPECT_THAT(error("(2, 2)"), HasSubstr("\"v\": trailing data"));
}

}  // namespace
}  // namespace akin
