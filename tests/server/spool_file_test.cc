#include "server/spool_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace {
std::atomic<int> failing_syncs{0};
}  // namespace

// In the place of the C library's: no disk here fails when it is told to.
extern "C" int fdatasync(int descriptor) {
  if (failing_syncs > 0) {
    --failing_syncs;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fdatasync, descriptor));
}

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class SpoolFileTest : public testing::Test {
 protected:
  ~SpoolFileTest() override { failing_syncs = 0; }

  auto Open() const { return SpoolFile::Open(path_, "words.txt", 12); }

  TempDir dir_;
  const std::string path_ = dir_.Path("words.vectors");
};

TEST_F(SpoolFileTest, WhatTheDiskDoesNotTakeIsNotThere) {
  auto file = Open();
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->Append(0, "abcd", /*sync_bytes=*/4), IsOk());
  ASSERT_THAT(file->Append(4, "ef", /*sync_bytes=*/4), IsOk());
  failing_syncs = 1;
  EXPECT_THAT(file->Append(6, "gh", /*sync_bytes=*/4).status(),
              IsStatus(StatusCode::kUnknown,
                       AllOf(HasSubstr(path_), HasSubstr("cannot be synced"))));
  EXPECT_EQ(file->synced(), 4u);
  EXPECT_EQ(file->written(), 4u);
  EXPECT_EQ(Contents(path_), "abcd");
  // Whoever goes on begins where it was acknowledged.
  EXPECT_THAT(file->Append(4, "EFGH", /*sync_bytes=*/4), IsOk());
  EXPECT_EQ(file->synced(), 8u);
  auto later = Open();
  ASSERT_THAT(later, IsOk());
  EXPECT_EQ(later->synced(), 8u);
  EXPECT_EQ(Contents(path_), "abcdEFGH");
}

TEST_F(SpoolFileTest, WhatMayNotBeOnTheDiskIsBegunAnew) {
  dir_.Write("words.vectors", "abcd");
  failing_syncs = 1;
  EXPECT_FALSE(Open().ok());
  EXPECT_EQ(Contents(path_), "");
  EXPECT_THAT(Open(), IsOk());
}

}  // namespace
}  // namespace akin::server
