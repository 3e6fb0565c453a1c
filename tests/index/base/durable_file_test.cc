#include "index/base/durable_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "index/base/system_error.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class DurableFileTest : public testing::Test {
 protected:
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir_.Path(""))) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  TempDir dir_;
  const std::string path_ = dir_.Path("labels");
};

TEST_F(DurableFileTest, WhatIsWrittenIsRead) {
  const std::string text("a\0b\nc", 5);
  ASSERT_THAT(WriteDurably(path_, text), IsOk());
  const auto read = ReadWhole(path_, 5);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, text);
  EXPECT_THAT(WriteDurably(path_, "other"),
              IsStatus(StatusCode::kAlreadyExists, StartsWith(path_)));
  EXPECT_EQ(*ReadWhole(path_, 5), text);
  ASSERT_THAT(WriteDurably(dir_.Path("empty"), ""), IsOk());
  EXPECT_EQ(*ReadWhole(dir_.Path("empty"), 0), "");
}

TEST_F(DurableFileTest, ReplacesWhatIsThereAndLeavesNothingElse) {
  ASSERT_THAT(ReplaceDurably(path_, "first"), IsOk());
  EXPECT_EQ(*ReadWhole(path_, 100), "first");
  ASSERT_THAT(ReplaceDurably(path_, "2"), IsOk());
  EXPECT_EQ(*ReadWhole(path_, 100), "2");
  EXPECT_THAT(Names(), ElementsAre("labels"));
}

TEST_F(DurableFileTest, WhatCannotBeReplacedStaysAndNothingElseDoes) {
  fs::create_directories(path_ + "/inside");
  EXPECT_THAT(std::string(ReplaceDurably(path_, "text").message()),
              HasSubstr("labels: cannot be replaced: "));
  EXPECT_TRUE(fs::is_directory(path_ + "/inside"));
  EXPECT_THAT(Names(), ElementsAre("labels"));
  EXPECT_THAT(ReplaceDurably(dir_.Path("none/labels"), "text"),
              IsStatus(StatusCode::kNotFound, HasSubstr("/none/.labels")));
  fs::create_directory(dir_.Path("long"));
  const std::string longest(255, 'x');  // none can stand beside it
  EXPECT_FALSE(ReplaceDurably(dir_.Path("long/" + longest), "text").ok());
  EXPECT_TRUE(fs::is_empty(dir_.Path("long")));
}

// A reader finds one writer's text or the other's, never both.
TEST_F(DurableFileTest, ManyAtOnceReplaceItAsAWhole) {
  ASSERT_THAT(ReplaceDurably(path_, std::string(4000, 'x')), IsOk());
  std::vector<std::thread> writers;
  for (const char letter : {'a', 'b', 'c'}) {
    writers.emplace_back([this, letter] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_THAT(ReplaceDurably(path_, std::string(4000, letter)), IsOk());
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    const auto read = ReadWhole(path_, 4000);
    ASSERT_THAT(read, IsOk());
    ASSERT_EQ(*read, std::string(4000, read->at(0)));
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_THAT(Names(), ElementsAre("labels"));
}

TEST_F(DurableFileTest, ANameWithoutAFolderIsOfTheWorkingFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(dir_.Path(""));
  EXPECT_THAT(ReplaceDurably("labels", "text"), IsOk());
  fs::current_path(before);
  EXPECT_EQ(*ReadWhole(path_, 4), "text");
  EXPECT_THAT(Names(), ElementsAre("labels"));
}

TEST_F(DurableFileTest, ReadsNothingButRegularFilesThatAreNotTooLong) {
  EXPECT_THAT(ReadWhole(path_, 10),
              IsStatus(StatusCode::kNotFound, StartsWith(path_)));
  dir_.Write("labels", "12345");
  EXPECT_THAT(ReadWhole(path_, 4),
              IsStatus(StatusCode::kDataLoss,
                       StartsWith(path_ + ": expected a regular file of at "
                                          "most 4 bytes")));
  EXPECT_THAT(ReadWhole(dir_.Path(""), 10), IsStatus(StatusCode::kDataLoss));
  ASSERT_EQ(symlink(path_.c_str(), dir_.Path("link").c_str()), 0);
  EXPECT_FALSE(ReadWhole(dir_.Path("link"), 10).ok());
  ASSERT_EQ(mkfifo(dir_.Path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(ReadWhole(dir_.Path("pipe"), 10),
              IsStatus(StatusCode::kDataLoss));
}

TEST_F(DurableFileTest, OnlyFoldersAreSyncedAsFolders) {
  EXPECT_THAT(SyncFolder(dir_.Path("")), IsOk());
  EXPECT_THAT(SyncFolder(path_), IsStatus(StatusCode::kNotFound));
  dir_.Write("labels", "");
  EXPECT_FALSE(SyncFolder(path_).ok());
}

// As a disk that is full half way.
TEST_F(DurableFileTest, AFileThatCannotBeWrittenToItsEndIsNotLeft) {
  struct rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {1000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status written = WriteDurably(path_, std::string(5000, 'x'));
  const absl::Status replaced = ReplaceDurably(path_, std::string(5000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  EXPECT_THAT(std::string(written.message()),
              HasSubstr("labels: cannot be written: "));
  EXPECT_THAT(std::string(replaced.message()),
              HasSubstr(": cannot be written: "));
  EXPECT_THAT(Names(), IsEmpty());
}

TEST(SystemErrorTest, NamesTheFileAndTheCode) {
  errno = ENOENT;
  EXPECT_THAT(SystemError("a/b", "cannot be opened"),
              IsStatus(StatusCode::kNotFound,
                       StartsWith("a/b: cannot be opened: No such file")));
  EXPECT_THAT(SystemError("a", "cannot be read", EACCES),
              IsStatus(StatusCode::kPermissionDenied));
  EXPECT_THAT(SystemError("a", "cannot be written", ENOSPC),
              IsStatus(StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace akin
