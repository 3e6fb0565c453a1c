// From trained files through akin-build into a server, as a night's work goes.

#include "index/version/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/e2e/child_process.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

CliResult RunBuild(const std::vector<std::string>& arguments) {
  ChildProcess build(AKIN_BIN_DIR "/akin-build", arguments);
  const int code = build.Wait();
  return {code, build.output(), build.errors()};
}

class RepositoryE2eTest : public testing::Test {
 protected:
  // Words whose ids end with the version's number.
  std::string Words(int64_t version, size_t rows = 40) {
    std::string text;
    for (const auto& [id, values] : RandomRows(rows, 4, 1)) {
      absl::StrAppend(&text, id, "-v", version);
      for (const float value : values) absl::StrAppend(&text, " ", value);
      absl::StrAppend(&text, "\n");
    }
    return dir_.Write("words.txt", text);
  }
  std::vector<std::string> BuildArguments(const std::string& file) {
    return {"--repository", repository_,
            "--model",      "m",
            "--table",      absl::StrCat("words=", file)};
  }
  void Build(int64_t version) {
    const CliResult built = RunBuild(BuildArguments(Words(version)));
    ASSERT_EQ(built.exit_code, 0) << built.errors;
  }
  std::string Folder(int64_t version) {
    return VersionFolder(repository_, "m", version);
  }
  std::vector<std::string> InModelFolder() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(repository_ + "/m")) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  static bool ServesWithin(const std::string& address, const std::string& id,
                           absl::Duration time) {
    const absl::Time end = absl::Now() + time;
    while (absl::Now() < end) {
      const CliResult got =
          RunAkin({"--server", address, "get", "m/words", id});
      if (got.exit_code == 0) return true;
      absl::SleepFor(absl::Milliseconds(50));
    }
    return false;
  }

  TempDir dir_;
  const std::string repository_ = dir_.Path("repo");
};

TEST_F(RepositoryE2eTest, WhatIsSealedIsServedAndSoIsTheNext) {
  Build(1);
  TestServer server({"--repository", repository_, "--poll-seconds", "0.1"});
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty()) << server.process().errors();
  EXPECT_TRUE(ServesWithin(address, "r3-v1", absl::Seconds(10)));
  Build(2);
  EXPECT_TRUE(ServesWithin(address, "r3-v2", absl::Seconds(30)));
  // The one before is there to go back to.
  const CliResult before = RunAkin({"--server", address, "search", "m/words",
                                    "--id", "r3-v1", "--version", "1"});
  EXPECT_EQ(before.exit_code, 0) << before.errors;
  // A damaged one is not served, and says so.
  Build(3);
  fs::resize_file(Folder(3) + "/words.table",
                  fs::file_size(Folder(3) + "/words.table") - 1);
  Build(4);
  EXPECT_TRUE(ServesWithin(address, "r3-v4", absl::Seconds(30)));
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().Wait(), 0);
}

TEST_F(RepositoryE2eTest, InspectAndVerifyTell) {
  std::vector<std::string> arguments = BuildArguments(Words(1));
  for (const char* more : {"--training-run", "run 7", "--meta", "lr=0.1"}) {
    arguments.emplace_back(more);
  }
  const CliResult built = RunBuild(arguments);
  ASSERT_EQ(built.exit_code, 0) << built.errors;
  EXPECT_THAT(built.output,
              HasSubstr(Folder(1) + ": version 1 of model m, 1 tables"));
  const CliResult shown = RunBuild({"inspect", Folder(1)});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output,
              AllOf(HasSubstr("model     m\nversion   1\n"),
                    HasSubstr("run       run 7\n"), HasSubstr("lr: 0.1\n"),
                    HasSubstr("vectors   40 x 4, cosine\n"),
                    HasSubstr("source    words.txt, "), HasSubstr("SHA-256 ")));
  EXPECT_THAT(RunBuild({"inspect", "--json", Folder(1)}).output,
              HasSubstr("\"training_run\": \"run 7\""));
  EXPECT_THAT(RunBuild({"verify", Folder(1)}).output,
              HasSubstr("all as they were written"));
  std::fstream file(Folder(1) + "/words.table",
                    std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(70);
  file.put('!');
  file.close();
  const CliResult verified = RunBuild({"verify", Folder(1)});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_THAT(verified.errors, HasSubstr("/words.table: damaged at offset 64"));
}

TEST_F(RepositoryE2eTest, BadUsageAndBadFilesLeaveNothing) {
  EXPECT_EQ(RunBuild({}).exit_code, 2);
  EXPECT_EQ(RunBuild({"--repository", repository_, "--model", "m", "--table",
                      "words"})
                .exit_code,
            2);
  std::vector<std::string> arguments = BuildArguments(Words(1));
  arguments.insert(arguments.end(), {"--metric", "hamming"});
  EXPECT_EQ(RunBuild(arguments).exit_code, 2);
  const CliResult none = RunBuild(BuildArguments(dir_.Path("none.txt")));
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.errors, HasSubstr("none.txt: no such file"));
  const CliResult bad = RunBuild(BuildArguments(dir_.Write("b", "a 1\nb x\n")));
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.errors, HasSubstr("table m/words: "));
  EXPECT_FALSE(fs::exists(repository_ + "/m/1"));
  Build(1);
  std::vector<std::string> again = BuildArguments(Words(1));
  again.insert(again.end(), {"--version", "1"});
  const CliResult twice = RunBuild(again);
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.errors, HasSubstr("version 1 of model m is there already"));
  EXPECT_THAT(InModelFolder(), ElementsAre(".lock", "1"));
}

TEST_F(RepositoryE2eTest, KilledBuildsLeaveNoHalfVersion) {
  std::mt19937 random(3);
  const std::string file = Words(1, 3000);
  int killed = 0;
  for (int i = 0; i < 30; ++i) {
    ChildProcess build(AKIN_BIN_DIR "/akin-build", BuildArguments(file));
    absl::SleepFor(absl::Milliseconds(random() % 150));
    build.Signal(i % 3 == 0 ? SIGTERM : SIGKILL);
    if (build.Wait() != 0) ++killed;
    const auto models = ListRepository(repository_);
    if (absl::IsNotFound(models.status())) continue;  // killed that early
    ASSERT_THAT(models, IsOk());
    for (const ModelFolder& model : *models) {
      for (const int64_t version : model.versions) {
        const CliResult verified = RunBuild({"verify", Folder(version)});
        EXPECT_EQ(verified.exit_code, 0) << verified.errors;
      }
    }
  }
  EXPECT_GT(killed, 0);
  const CliResult built = RunBuild(BuildArguments(file));
  EXPECT_EQ(built.exit_code, 0) << built.errors;
  for (const std::string& name : InModelFolder()) {
    EXPECT_THAT(name, Not(HasSubstr("building")));
  }
}

TEST_F(RepositoryE2eTest, AFullDiskIsAnErrorAndLeavesNothing) {
  fs::create_directory(repository_);
  if (mount("tmpfs", repository_.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "skipped: no right to mount a small file system";
  }
  const CliResult built = RunBuild(BuildArguments(Words(1, 5000)));
  const std::vector<std::string> left = InModelFolder();
  umount2(repository_.c_str(), MNT_DETACH);
  EXPECT_EQ(built.exit_code, 1);
  EXPECT_THAT(built.errors, HasSubstr("words.table: cannot be written"));
  EXPECT_THAT(left, ElementsAre(".lock"));
}

TEST_F(RepositoryE2eTest, AServerNeedsOneSourceOfVersions) {
  TestServer neither({});
  EXPECT_EQ(neither.process().Wait(), 2);
  TestServer both({"--repository", repository_, "--load",
                   absl::StrCat("m/words=", Words(1))});
  EXPECT_EQ(both.process().Wait(), 2);
  TestServer none({"--repository", repository_});
  EXPECT_EQ(none.process().Wait(), 1);
  EXPECT_THAT(none.process().errors(), HasSubstr(repository_));
}

TEST_F(RepositoryE2eTest, AnEmptyRepositoryIsServedUntilSomethingComes) {
  fs::create_directory(repository_);
  TestServer server({"--repository", repository_, "--poll-seconds", "0.1"});
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty()) << server.process().errors();
  Build(1);
  EXPECT_TRUE(ServesWithin(address, "r3-v1", absl::Seconds(30)));
}

}  // namespace
}  // namespace akin
