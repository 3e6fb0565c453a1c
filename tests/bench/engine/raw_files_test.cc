#include "tests/bench/engine/raw_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RawFilesTest : public ::testing::Test {
 protected:
  std::string File(const std::string& bytes) {
    return folder_.Write("file", bytes);
  }

 private:
  const TempDir folder_;
};

// A string literal with the zeros in it.
template <size_t n>
std::string Bytes(const char (&text)[n]) {
  return std::string(text, n - 1);
}

TEST_F(RawFilesTest, ReadsImages) {
  const auto images = ReadIdxImages(
      File(Bytes("\0\0\x8\x3\0\0\0\x2\0\0\0\x1\0\0\0\x3\1\2\3\xFF\0\1")));
  ASSERT_THAT(images, IsOk());
  EXPECT_EQ(images->dimension, 3u);
  EXPECT_EQ(images->rows(), 2u);
  EXPECT_THAT(images->values, ElementsAre(1, 2, 3, 255, 0, 1));
}

TEST_F(RawFilesTest, RejectsOtherIdxFiles) {
  const std::string labels =
      Bytes("\0\0\x8\x1\0\0\0\2\1\2....................");
  EXPECT_THAT(ReadIdxImages(File(labels)).status().message(),
              HasSubstr("expected idx3-ubyte"));
  const std::string cut =
      Bytes("\0\0\x8\x3\0\0\0\x2\0\0\0\x1\0\0\0\x3\1\2\3\4");
  EXPECT_THAT(ReadIdxImages(File(cut)).status().message(),
              HasSubstr("expected 2 images"));
}

TEST_F(RawFilesTest, ReadsVecs) {
  const auto bytes = ReadBvecs(File(Bytes("\2\0\0\0\1\xFE\2\0\0\0\3\4")));
  ASSERT_THAT(bytes, IsOk());
  EXPECT_EQ(bytes->dimension, 2u);
  EXPECT_THAT(bytes->values, ElementsAre(1, 254, 3, 4));
  const auto numbers =
      ReadIvecs(File(Bytes("\1\0\0\0\7\1\0\0\1\0\0\0\1\0\0\0")));
  ASSERT_THAT(numbers, IsOk());
  EXPECT_THAT(numbers->values, ElementsAre(263, 1));
}

TEST_F(RawFilesTest, RejectsCutVecs) {
  EXPECT_THAT(
      ReadBvecs(File(Bytes("\2\0\0\0\1\2\2\0\0\0\3"))).status().message(),
      HasSubstr("expected rows of 6 bytes"));
  EXPECT_FALSE(ReadIvecs(File("")).ok());
  EXPECT_FALSE(ReadIvecs("no such file").ok());
}

TEST_F(RawFilesTest, ReadsInteractions) {
  const auto seen =
      ReadInteractions(File("user\titem\trating\n1\t2\t5\n3\t1\t4\n1\t1\t2\n"));
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->users, 3u);
  EXPECT_EQ(seen->items, 2u);
  EXPECT_THAT(seen->items_of,
              ElementsAre(ElementsAre(1, 0), ElementsAre(), ElementsAre(0)));
}

TEST_F(RawFilesTest, RejectsOtherLines) {
  for (const char* line : {"1", "a\t2", "0\t2", "1\t0", "1 2"}) {
    EXPECT_THAT(ReadInteractions(File(std::string("header\n") + line + "\n"))
                    .status()
                    .message(),
                HasSubstr("expected two numbers"))
        << line;
  }
}

}  // namespace
}  // namespace akin::bench
