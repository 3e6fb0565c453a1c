#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "client/cli/doctor/repository_checks.h"
#include "client/cli/doctor/repository_facts.h"
#include "tests/client/doctor/finding_support.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class RepositoryTest : public ::testing::Test {
 protected:
  // The umask of whoever runs this decides nothing.
  RepositoryTest() {
    std::filesystem::create_directories(root());
    chmod(root().c_str(), 0755);
  }

  std::string root() const { return dir_.Path("repo"); }
  void Folder(const std::string& path) {
    std::filesystem::path at = root();
    for (const auto& part : std::filesystem::path(path)) {
      at /= part;
      if (std::filesystem::create_directory(at)) chmod(at.c_str(), 0755);
    }
  }
  void Write(const std::string& path, const std::string& text) {
    Folder(std::filesystem::path(path).parent_path());
    std::ofstream(root() + "/" + path) << text;
    chmod((root() + "/" + path).c_str(), 0644);
  }
  void Seal(const std::string& version) {
    Write(version + "/MANIFEST.json", "{}");
    Write(version + "/items.table", "0123456789");
  }

  TempDir dir_;
};

TEST_F(RepositoryTest, SeesVersionsAndTheirSizes) {
  Seal("movies/10");
  Seal("movies/9");
  Write("movies/LABELS.json", "{}");
  Write("movies/.lock", "");
  Folder("movies/.import-night-17");
  const RepositoryFacts facts = ReadRepositoryFacts(root());
  EXPECT_EQ(facts.unreadable, std::nullopt);
  ASSERT_EQ(facts.models.size(), 1u);
  const RepositoryFacts::Model& model = facts.models[0];
  EXPECT_EQ(model.name, "movies");
  ASSERT_EQ(model.versions.size(), 2u);
  EXPECT_EQ(model.versions[0].number, 9);
  EXPECT_EQ(model.versions[1].number, 10);
  EXPECT_EQ(model.versions[1].bytes, 12u);
  EXPECT_TRUE(model.versions[1].has_manifest);
  EXPECT_EQ(model.imports, 1u);
  EXPECT_THAT(model.strays, IsEmpty());
  EXPECT_THAT(model.interrupted, IsEmpty());
  EXPECT_THAT(facts.strays, IsEmpty());
  EXPECT_THAT(facts.open_to_all, IsEmpty());
  EXPECT_GT(facts.total_bytes.value_or(0), 0u);
}

TEST_F(RepositoryTest, SeesWhatDoesNotBelong) {
  Seal("movies/9");
  Write("README.txt", "x");
  Write("movies/notes.txt", "x");
  Folder("movies/07");
  Folder("movies/8");
  std::filesystem::create_directory_symlink("9", root() + "/movies/10");
  const RepositoryFacts facts = ReadRepositoryFacts(root());
  EXPECT_THAT(facts.strays, ElementsAre("README.txt"));
  ASSERT_EQ(facts.models.size(), 1u);
  EXPECT_THAT(facts.models[0].strays, ElementsAre("07", "10", "notes.txt"));
  ASSERT_EQ(facts.models[0].versions.size(), 2u);
  EXPECT_FALSE(facts.models[0].versions[0].has_manifest);
  Findings findings;
  CheckSealed(facts, &findings);
  CheckLeftovers(facts, &findings);
  EXPECT_THAT(
      Lines(findings),
      ElementsAre("fail sealed versions: movies/8 has no MANIFEST.json",
                  "warn leftovers: neither models nor versions: README.txt, "
                  "movies/07, movies/10 and 1 more"));
}

TEST_F(RepositoryTest, TellsABuildFromAnInterruptedOne) {
  Write("movies/.building-3/.lock", "");
  Folder("movies/.building-4");
  Write("movies/.building-5/.lock", "");
  const std::string held = root() + "/movies/.building-5/.lock";
  const int lock = open(held.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(lock, 0);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  const RepositoryFacts facts = ReadRepositoryFacts(root());
  close(lock);
  ASSERT_EQ(facts.models.size(), 1u);
  EXPECT_THAT(facts.models[0].interrupted, ElementsAre(3, 4));
  Findings findings;
  CheckLeftovers(facts, &findings);
  EXPECT_THAT(Lines(findings),
              ElementsAre("warn leftovers: of interrupted builds: "
                          "movies/.building-3, movies/.building-4"));
}

TEST_F(RepositoryTest, SeesWhatEverybodyMayChange) {
  Seal("movies/9");
  Findings findings;
  CheckRights(ReadRepositoryFacts(root()), &findings);
  EXPECT_THAT(Lines(findings), ElementsAre(StartsWith("ok rights")));
  chmod((root() + "/movies").c_str(), 0777);
  chmod((root() + "/movies/9/items.table").c_str(), 0666);
  const RepositoryFacts facts = ReadRepositoryFacts(root());
  EXPECT_THAT(facts.open_to_all, ElementsAre(root() + "/movies",
                                             root() + "/movies/9/items.table"));
  findings.clear();
  CheckRights(facts, &findings);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].verdict, Verdict::kWarn);
  EXPECT_THAT(findings[0].hint, HasSubstr("chmod -R o-w " + root()));
}

TEST_F(RepositoryTest, AFolderThatIsNotThere) {
  Findings findings;
  CheckRepository(ReadRepositoryFacts(root() + "/none"), &findings);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].verdict, Verdict::kFail);
  EXPECT_THAT(findings[0].text, HasSubstr("/none: No such file or directory"));
}

TEST_F(RepositoryTest, AnEmptyFolder) {
  Findings findings;
  CheckSealed(ReadRepositoryFacts(root()), &findings);
  EXPECT_THAT(Lines(findings),
              ElementsAre("warn sealed versions: there are none"));
}

TEST(CheckSpace, IsEnoughForAnotherVersion) {
  RepositoryFacts facts;
  Findings findings;
  CheckSpace(facts, &findings);
  EXPECT_THAT(findings, IsEmpty());
  facts.models.resize(1);
  facts.models[0].versions.push_back({.number = 1, .bytes = 600u << 20});
  facts.total_bytes = 10'000u * (uint64_t{1} << 20);
  facts.free_bytes = 700u << 20;
  CheckSpace(facts, &findings);
  facts.free_bytes = 599u << 20;
  CheckSpace(facts, &findings);
  facts.models[0].versions[0].bytes = 100u << 20;
  facts.free_bytes = 499u << 20;  // less than 5 %
  CheckSpace(facts, &findings);
  EXPECT_THAT(
      Lines(findings),
      ElementsAre(
          "ok disk space: 700.0 MiB free, the largest version takes 600.0 MiB",
          "fail disk space: 599.0 MiB free, the largest version takes 600.0 "
          "MiB",
          "warn disk space: 499.0 MiB free, the largest version takes 100.0 "
          "MiB"));
}

TEST(CheckRepository, AModelThatCannotBeRead) {
  RepositoryFacts facts;
  facts.models.resize(1);
  facts.models[0].name = "movies";
  facts.models[0].unreadable = "repo/movies: Permission denied";
  Findings findings;
  CheckRepository(facts, &findings);
  EXPECT_EQ(Lines(findings).front(),
            "fail sealed versions: repo/movies: Permission denied");
  EXPECT_TRUE(HintsAreWhereTheyBelong(findings));
}

}  // namespace
}  // namespace akin::client
