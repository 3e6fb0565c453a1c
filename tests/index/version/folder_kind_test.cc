#include "index/version/folder_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/temp_dir.h"

namespace akin {
namespace {

using ::testing::HasSubstr;

class FolderKindTest : public testing::Test {
 protected:
  FolderKindTest() {
    for (const char* version : {"1", "2", "10"}) {
      std::filesystem::create_directories(dir_.Path("repo/m/") + version);
      dir_.Write(std::string("repo/m/") + version + "/MANIFEST.json", "{}");
    }
    std::filesystem::create_directories(dir_.Path("empty"));
    // Named as a version is, and none.
    std::filesystem::create_directories(dir_.Path("repo/m/11"));
  }

  TempDir dir_;
};

TEST_F(FolderKindTest, TellsARepositoryFromWhatIsInIt) {
  FolderFacts facts = LookIntoFolder(dir_.Path("repo"));
  EXPECT_EQ(facts.kind, FolderKind::kRepository);
  EXPECT_EQ(facts.version, dir_.Path("repo/m/10")) << "the latest";
  facts = LookIntoFolder(dir_.Path("repo/m"));
  EXPECT_EQ(facts.kind, FolderKind::kModel);
  EXPECT_EQ(facts.version, dir_.Path("repo/m/10")) << "the latest";
  EXPECT_EQ(LookIntoFolder(dir_.Path("repo/m/2")).kind, FolderKind::kVersion);
  for (const char* other : {"empty", "none", "repo/m/2/MANIFEST.json", "."}) {
    EXPECT_EQ(LookIntoFolder(dir_.Path(other)).kind, FolderKind::kOther)
        << other;
  }
}

TEST_F(FolderKindTest, SaysWhatWasExpectedInItsPlace) {
  const std::string repository = dir_.Path("repo");
  EXPECT_EQ(NoVersionSentence(repository + "/m"),
            repository +
                "/m is the folder of a model, expected that of a "
                "version, such as " +
                repository + "/m/10");
  EXPECT_EQ(NoVersionSentence(repository),
            repository +
                " is a repository, expected the folder of a version, "
                "such as " +
                repository + "/m/10");
  EXPECT_THAT(NoVersionSentence(dir_.Path("empty")),
              HasSubstr("/empty has no MANIFEST.json, expected the folder"));
  EXPECT_THAT(NoVersionSentence(dir_.Path("none")),
              HasSubstr("/none is not there, expected the folder"));
  EXPECT_THAT(NoVersionSentence(repository + "/m/1/MANIFEST.json"),
              HasSubstr("MANIFEST.json is a file, expected the folder"));
  EXPECT_THAT(NoRepositorySentence("r", FolderKind::kVersion),
              HasSubstr("r is the folder of a version, expected the repo"));
  EXPECT_THAT(NoRepositorySentence("r", FolderKind::kModel),
              HasSubstr("r is the folder of a model, expected the repo"));
  EXPECT_THAT(NoRepositorySentence("r", FolderKind::kOther),
              HasSubstr("r holds no version yet, expected r/MODEL/VERSION"));
}

}  // namespace
}  // namespace akin
