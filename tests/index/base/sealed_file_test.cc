#include "index/base/sealed_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "index/base/crc32c.h"
#include "tests/support/overwrite.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr size_t kBlock = size_t{1} << 20;

TEST(Crc32c, IsTheOneOfIscsi) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c("6789", Crc32c("12345")), Crc32c("123456789"));
}

std::string Bytes(size_t count) {
  std::string bytes(count, '\0');
  for (size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  }
  return bytes;
}

class SealedFileTest : public testing::Test {
 protected:
  using Sections = std::vector<std::pair<std::string, std::string>>;

  std::string Write(const Sections& sections) {
    const std::string path = dir_.Path("f");
    std::filesystem::remove(path);
    auto writer = SealedFileWriter::Create(path);
    EXPECT_THAT(writer, IsOk());
    for (const auto& [name, bytes] : sections) {
      EXPECT_THAT((*writer)->Add(name, bytes), IsOk());
    }
    EXPECT_THAT((*writer)->Finish(), IsOk());
    return path;
  }
  static std::string Contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string Overwrite(const std::string& contents) {
    const std::string path = dir_.Path("g");
    akin::Overwrite(path, contents);
    return path;
  }
  // What a reader of everything is told.
  absl::Status ReadAll(const std::string& path) {
    auto file = SealedFile::Open(path);
    return file.ok() ? file->Verify(&pool_) : file.status();
  }

  TempDir dir_;
  WorkerPool pool_{1};  // thousands of reads wait for nobody
};

TEST_F(SealedFileTest, GivesBackWhatWasWritten) {
  const Sections sections = {{"empty", ""},
                             {"one", "x"},
                             {"line", Bytes(64)},
                             {"block", Bytes(kBlock)},
                             {"more", Bytes(3 * kBlock + 17)}};
  const auto file = SealedFile::Open(Write(sections));
  ASSERT_THAT(file, IsOk());
  ASSERT_EQ(file->sections().size(), sections.size());
  WorkerPool two(2);
  for (const auto& [name, bytes] : sections) {
    std::string read(bytes.size(), '\0');
    EXPECT_THAT(file->Read(name, read.size(), read.data(), &two), IsOk());
    EXPECT_EQ(read, bytes);
  }
  EXPECT_THAT(file->Verify(&pool_), IsOk());
  EXPECT_TRUE(file->Has("one"));
  EXPECT_FALSE(file->Has("two"));
}

TEST_F(SealedFileTest, NumbersComeInWholes) {
  const std::string path = dir_.Path("n");
  auto writer = SealedFileWriter::Create(path);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT((*writer)->AddNumbers("n", std::vector<uint32_t>{1, 2, 3}),
              IsOk());
  EXPECT_THAT((*writer)->Finish(), IsOk());
  const auto file = SealedFile::Open(path);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(*file->ReadVector<uint32_t>("n", 3, &pool_),
              testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(file->ReadVector<uint32_t>("n", 2, &pool_),
              IsStatus(StatusCode::kDataLoss,
                       AllOf(HasSubstr("/n: section \"n\" has 12 bytes"),
                             HasSubstr("at most 2 times"))));
  EXPECT_THAT(file->ReadVector<uint64_t>("n", 3, &pool_),
              IsStatus(StatusCode::kDataLoss));
  uint32_t two[2];
  EXPECT_THAT(
      file->ReadNumbers("n", 2, two, &pool_),
      IsStatus(StatusCode::kDataLoss, HasSubstr("has 12 bytes, expected 8")));
  EXPECT_THAT(file->ReadVector<uint32_t>("m", 2, &pool_),
              IsStatus(StatusCode::kDataLoss, HasSubstr("is missing")));
}

TEST_F(SealedFileTest, EveryFlippedBitIsSeen) {
  const std::string good =
      Contents(Write({{"a", Bytes(100)}, {"b", ""}, {"c", Bytes(64)}}));
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      const absl::Status status = ReadAll(Overwrite(bad));
      ASSERT_FALSE(status.ok()) << "byte " << at;
      ASSERT_THAT(std::string(status.message()),
                  AllOf(HasSubstr("/g: "), HasSubstr("offset")));
    }
  }
}

TEST_F(SealedFileTest, EveryTruncationAndEveryLongerFileIsSeen) {
  const std::string good = Contents(Write({{"a", Bytes(100)}, {"b", "x"}}));
  for (size_t size = 0; size < good.size(); ++size) {
    ASSERT_THAT(ReadAll(Overwrite(good.substr(0, size))),
                IsStatus(StatusCode::kDataLoss));
  }
  EXPECT_THAT(ReadAll(Overwrite(good + '\0')), IsStatus(StatusCode::kDataLoss));
  EXPECT_THAT(ReadAll(Overwrite(good + good)), IsStatus(StatusCode::kDataLoss));
}

TEST_F(SealedFileTest, DamageInABlockIsToldByItsOffset) {
  std::string bytes = Contents(Write({{"a", Bytes(2 * kBlock)}}));
  bytes[64 + kBlock + 5] ^= 1;
  const auto file = SealedFile::Open(Overwrite(bytes));
  ASSERT_THAT(file, IsOk());
  std::string read(2 * kBlock, '\0');
  EXPECT_THAT(file->Read("a", read.size(), read.data(), &pool_),
              IsStatus(StatusCode::kDataLoss,
                       HasSubstr("damaged at offset 1048640: block 1 of "
                                 "section \"a\"")));
}

TEST_F(SealedFileTest, ANewerFormatIsNamed) {
  std::string bytes = Contents(Write({{"a", "x"}}));
  bytes[8] = 2;
  EXPECT_THAT(ReadAll(Overwrite(bytes)),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("has format 2 (at offset 8), this program "
                                 "reads 1")));
}

TEST_F(SealedFileTest, AWriterAsksBeforeEachBlockWhetherItGoesOn) {
  const std::string bytes(5 << 19, 'x');  // two blocks and a half
  int asked = 0;
  const auto write = [&](int until) {
    const std::string path = dir_.Path("asked");
    std::filesystem::remove(path);
    asked = 0;
    auto writer =
        SealedFileWriter::Create(path, [&] { return ++asked < until; });
    EXPECT_THAT(writer, IsOk());
    absl::Status status = (*writer)->Add("long", bytes);
    if (status.ok()) status = (*writer)->Add("none", "");
    if (status.ok()) status = (*writer)->Add("short", "abc");
    if (status.ok()) status = (*writer)->Finish();
    return status;
  };
  ASSERT_THAT(write(1000), IsOk());
  ASSERT_EQ(asked, 5);  // and once before the disk is waited for
  for (int until = 1; until <= 5; ++until) {
    EXPECT_THAT(write(until),
                IsStatus(StatusCode::kCancelled,
                         HasSubstr("asked: writing was cancelled")));
    EXPECT_EQ(asked, until);
  }
}

TEST_F(SealedFileTest, OnlyRegularFilesAreRead) {
  const std::string path = Write({{"a", "x"}});
  const std::string link = dir_.Path("link");
  ASSERT_EQ(symlink(path.c_str(), link.c_str()), 0);
  EXPECT_FALSE(SealedFile::Open(link).ok());
  EXPECT_FALSE(SealedFile::Open(dir_.Path("")).ok());
  EXPECT_THAT(SealedFile::Open(dir_.Path("none")),
              IsStatus(StatusCode::kNotFound, HasSubstr("/none")));
  EXPECT_THAT(SealedFileWriter::Create(path),
              IsStatus(StatusCode::kAlreadyExists));
}

}  // namespace
}  // namespace akin
