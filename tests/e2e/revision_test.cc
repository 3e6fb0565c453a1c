// What server/write_revision.cmake makes of a folder of sources.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/child_process.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class RevisionTest : public testing::Test {
 protected:
  RevisionTest() { fs::create_directories(sources_); }

  int Run(const std::string& revision = "") {
    ChildProcess cmake(
        "/bin/sh", {"-c", "exec cmake \"$@\"", "cmake", "-DSOURCE=" + sources_,
                    "-DOUT=" + out_, "-DREVISION=" + revision, "-P",
                    AKIN_SOURCE_DIR "/server/write_revision.cmake"});
    const int code = cmake.Wait();
    errors_ = cmake.errors();
    return code;
  }

  void Git(const std::string& words) {
    ChildProcess git(
        "/bin/sh",
        {"-c",
         absl::StrCat("cd \"$0\" && git -c user.name=a -c user.email=a@b -c "
                      "commit.gpgsign=false ",
                      words),
         root_});
    ASSERT_EQ(git.Wait(), 0) << git.errors();
  }

  std::string Written() const {
    std::ifstream file(out_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // What the source says that Revision() is.
  static std::string Saying(const std::string& revision) {
    return absl::StrCat("return \"", revision, "\";");
  }

  static bool HasGit() {
    ChildProcess git("/bin/sh", {"-c", "git --version"});
    return git.Wait() == 0;
  }

  // A repository with one commit of its own sources.
  void Commit() {
    Git("init -q");
    dir_.Write("repository/file", "1");
    dir_.Write("repository/sources/file", "1");
    Git("add .");
    Git("commit -qm 1");
  }

  const TempDir dir_;
  const std::string root_ = dir_.Path("repository");
  std::string sources_ = dir_.Path("repository/sources");
  const std::string out_ = dir_.Path("revision.cc");
  std::string errors_;
};

TEST_F(RevisionTest, WithoutGitItIsUnknown) {
  ASSERT_EQ(Run(), 0) << errors_;
  EXPECT_THAT(Written(), HasSubstr(Saying("unknown")));
}

TEST_F(RevisionTest, IsTheCommitAndWhetherItWasChanged) {
  if (!HasGit()) GTEST_SKIP() << "no git";
  Commit();
  sources_ = root_;
  ASSERT_EQ(Run(), 0) << errors_;
  EXPECT_THAT(Written(), ContainsRegex(Saying("[0-9a-f]{12}")));
  dir_.Write("repository/file", "2");
  ASSERT_EQ(Run(), 0) << errors_;
  EXPECT_THAT(Written(), ContainsRegex(Saying("[0-9a-f]{12}-dirty")));
}

TEST_F(RevisionTest, IsNotThatOfARepositoryAroundTheSources) {
  if (!HasGit()) GTEST_SKIP() << "no git";
  Commit();
  ASSERT_EQ(Run(), 0) << errors_;
  EXPECT_THAT(Written(), HasSubstr(Saying("unknown")));
}

TEST_F(RevisionTest, WhatIsSaidWinsOverGit) {
  if (!HasGit()) GTEST_SKIP() << "no git";
  Commit();
  sources_ = root_;
  ASSERT_EQ(Run("v1.2-abc"), 0) << errors_;
  EXPECT_THAT(Written(), HasSubstr(Saying("v1.2-abc")));
  for (const char* bad : {"a\"b", "a b", "\\"}) {
    EXPECT_NE(Run(bad), 0) << bad;
    EXPECT_THAT(errors_, HasSubstr("expected letters"));
  }
}

// Or each build would compile it and link every program again.
TEST_F(RevisionTest, IsWrittenOnlyIfItIsAnother) {
  ASSERT_EQ(Run("a"), 0) << errors_;
  const auto long_ago =
      fs::file_time_type::clock::now() - std::chrono::hours(24);
  fs::last_write_time(out_, long_ago);
  ASSERT_EQ(Run("a"), 0) << errors_;
  EXPECT_EQ(fs::last_write_time(out_), long_ago);
  ASSERT_EQ(Run("b"), 0) << errors_;
  EXPECT_GT(fs::last_write_time(out_), long_ago);
}

}  // namespace
}  // namespace akin
