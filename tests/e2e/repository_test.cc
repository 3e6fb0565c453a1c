// From trained files through akin-build into a server, as a night's work goes.

#include "index/version/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/version/sealed_version.h"
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

TEST_F(RepositoryE2eTest, AFolderThatWasNotMeantIsNamed) {
  Build(1);
  for (const char* command : {"inspect", "verify"}) {
    const CliResult model = RunBuild({command, repository_ + "/m"});
    EXPECT_EQ(model.exit_code, 1);
    EXPECT_EQ(model.errors,
              absl::StrCat("akin-build: ", repository_,
                           "/m is the folder of a model, expected that of a "
                           "version, such as ",
                           Folder(1), "\n"));
    EXPECT_THAT(RunBuild({command, repository_}).errors,
                HasSubstr("is a repository, expected the folder of a version"));
  }
  const CliResult zero = RunBuild({"--version", "0"});
  EXPECT_EQ(zero.exit_code, 2);
  EXPECT_THAT(zero.errors, HasSubstr("--version: expected a whole number of at "
                                     "least 1, got \"0\""));
  const CliResult version = RunBuild({"version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.output, testing::StartsWith("akin-build "));
}

TEST_F(RepositoryE2eTest, GoldenQueriesDecideWhatIsPublished) {
  std::vector<std::string> arguments = BuildArguments(
      dir_.Write("words.txt", "east 1 0\nnorth 0 1\nnorth-east 1 1.1\n"));
  const auto build = [&](const std::string& expected) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(),
               {"--golden",
                dir_.Write("golden.jsonl",
                           absl::StrCat("# directions\n{\"table\": \"words\", "
                                        "\"id\": \"north\", \"within\": 1, "
                                        "\"expect\": [\"",
                                        expected, "\"]}\n"))});
    return RunBuild(all);
  };
  const CliResult good = build("north-east");
  ASSERT_EQ(good.exit_code, 0) << good.errors;
  EXPECT_THAT(good.errors, HasSubstr(" MiB of memory at most"));
  EXPECT_THAT(RunBuild({"inspect", Folder(1)}).output,
              HasSubstr("golden    1 queries\n"));
  EXPECT_THAT(RunBuild({"verify", Folder(1)}).output,
              HasSubstr("all golden queries find what they expect"));
  const CliResult bad = build("east");
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.errors,
              HasSubstr("golden.jsonl: 1 of 1 golden queries failed: golden "
                        "query line 2 (north in words): east is not among the "
                        "first 1 (exact rank 2)"));
  const CliResult unknown = build("west");
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("west, which is expected, does not"));
  arguments.insert(arguments.end(), {"--golden", dir_.Path("none.jsonl")});
  const CliResult none = RunBuild(arguments);
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.errors, HasSubstr("none.jsonl: no such file"));
  EXPECT_THAT(InModelFolder(), ElementsAre(".lock", "1"));
  // Who damages them damages the version.
  fs::resize_file(Folder(1) + "/golden.jsonl", 3);
  const CliResult damaged = RunBuild({"verify", Folder(1)});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.errors, HasSubstr("/golden.jsonl: has 3 bytes"));
}

TEST_F(RepositoryE2eTest, AVersionThatFailsItsGoldenQueriesIsNotServed) {
  Build(1);
  TestServer server({"--repository", repository_, "--poll-seconds", "0.1"});
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty()) << server.process().errors();
  // As a program would seal that does not ask them.
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(
      Indexed(MakeTable("words", Metric::kCosine, RandomRows(40, 4, 1))));
  auto build = VersionBuild::Begin(repository_, "m", 2);
  ASSERT_THAT(build, IsOk());
  SealFacts facts;
  facts.golden_queries =
      R"({"table": "words", "id": "r3", "expect": ["r3-v1"]})";
  ASSERT_THAT(SealVersion(Version("m", 2, std::move(tables)), facts,
                          (*build)->folder()),
              IsOk());
  ASSERT_THAT((*build)->Publish(), IsOk());
  EXPECT_TRUE(server.process().WaitForError(
      "golden.jsonl: 1 of 1 golden queries failed", absl::Seconds(30)));
  EXPECT_TRUE(ServesWithin(address, "r3-v1", absl::Seconds(10)));
  Build(3);
  EXPECT_TRUE(ServesWithin(address, "r3-v3", absl::Seconds(30)));
  const CliResult asked = RunAkin({"--server", address, "search", "m/words",
                                   "--id", "r3", "--version", "2"});
  EXPECT_EQ(asked.exit_code, 1);
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().Wait(), 0);
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
