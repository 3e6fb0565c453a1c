#include "index/version/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RepositoryTest : public testing::Test {
 protected:
  std::string repository() const { return dir_.Path("repo"); }
  std::string Folder(const std::string& name) const {
    return repository() + "/m/" + name;
  }
  absl::StatusOr<std::unique_ptr<VersionBuild>> Begin(
      std::optional<int64_t> version = std::nullopt) {
    return VersionBuild::Begin(repository(), "m", version);
  }
  void Make(std::optional<int64_t> version = std::nullopt) {
    auto build = Begin(version);
    ASSERT_THAT(build, IsOk());
    std::ofstream((*build)->folder() + "/file") << "content";
    ASSERT_THAT((*build)->Publish(), IsOk());
  }
  std::vector<int64_t> Versions() {
    const auto models = ListRepository(repository());
    EXPECT_THAT(models, IsOk());
    return models->empty() ? std::vector<int64_t>() : models->at(0).versions;
  }

  TempDir dir_;
};

TEST_F(RepositoryTest, AVersionIsSeenWhenItIsPublished) {
  auto build = Begin();
  ASSERT_THAT(build, IsOk());
  EXPECT_EQ((*build)->version(), 1);
  std::ofstream((*build)->folder() + "/file") << "content";
  EXPECT_THAT(Versions(), IsEmpty());
  ASSERT_THAT((*build)->Publish(), IsOk());
  EXPECT_THAT(Versions(), ElementsAre(1));
  build->reset();
  EXPECT_TRUE(fs::exists(VersionFolder(repository(), "m", 1) + "/file"));
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(Folder("1"))) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, ElementsAre("file"));
}

TEST_F(RepositoryTest, WhatIsNotPublishedIsRemoved) {
  std::string folder;
  {
    auto build = Begin();
    ASSERT_THAT(build, IsOk());
    folder = (*build)->folder();
    std::ofstream(folder + "/file") << "half";
  }
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_THAT(Versions(), IsEmpty());
}

TEST_F(RepositoryTest, NumbersGoOnFromTheLatest) {
  Make();
  Make(7);
  Make(3);
  Make();
  EXPECT_THAT(Versions(), ElementsAre(1, 3, 7, 8));
  EXPECT_THAT(Begin(3), IsStatus(StatusCode::kAlreadyExists,
                                 HasSubstr("version 3 of model m")));
  EXPECT_THAT(Begin(0), IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(VersionBuild::Begin(repository(), "../m", {}),
              IsStatus(StatusCode::kInvalidArgument));
}

TEST_F(RepositoryTest, TwoBuildsDoNotMeet) {
  auto first = Begin();
  auto second = Begin();
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ((*first)->version(), 1);
  EXPECT_EQ((*second)->version(), 2);
  EXPECT_THAT(Begin(1), IsStatus(StatusCode::kAborted,
                                 HasSubstr("is being built by another")));
  EXPECT_THAT((*second)->Publish(), IsOk());
  EXPECT_THAT((*first)->Publish(), IsOk());
  EXPECT_THAT(Versions(), ElementsAre(1, 2));
}

TEST_F(RepositoryTest, ManyBuildersAtOnceGetANumberEach) {
  std::vector<std::thread> builders;
  for (int i = 0; i < 8; ++i) {
    builders.emplace_back([&] {
      for (int j = 0; j < 5; ++j) Make();
    });
  }
  for (std::thread& builder : builders) builder.join();
  const std::vector<int64_t> versions = Versions();
  ASSERT_EQ(versions.size(), 40u);
  EXPECT_EQ(versions.back(), 40);
}

TEST_F(RepositoryTest, ADeadBuildIsRemovedByTheNext) {
  Make();
  // As kill -9 leaves it: a lock that nobody holds, or not even that.
  for (const char* name : {".building-2", ".building-5"}) {
    fs::create_directory(Folder(name));
    std::ofstream(Folder(name) + "/words.table") << "half a file";
  }
  std::ofstream(Folder(".building-2/.lock"));
  EXPECT_THAT(Versions(), ElementsAre(1));
  Make();
  EXPECT_THAT(Versions(), ElementsAre(1, 2));
  EXPECT_FALSE(fs::exists(Folder(".building-2")));
  EXPECT_FALSE(fs::exists(Folder(".building-5")));
}

TEST_F(RepositoryTest, ABuildThatCannotBeginHoldsNothing) {
  Make();
  std::ofstream(Folder(".building-2")) << "in the way";
  EXPECT_THAT(Begin(2),
              IsStatus(StatusCode::kAlreadyExists, HasSubstr(".building-2")));
  fs::remove(Folder(".building-2"));
  EXPECT_THAT(Begin(2), IsOk());
}

TEST_F(RepositoryTest, NothingIsOverwritten) {
  auto build = Begin(4);
  ASSERT_THAT(build, IsOk());
  fs::create_directory(Folder("4"));  // by hand, meanwhile
  EXPECT_THAT((*build)->Publish(),
              IsStatus(StatusCode::kAlreadyExists, HasSubstr("/m/4")));
}

TEST_F(RepositoryTest, StraysAreNoVersions) {
  Make(2);
  for (const char* name : {"07", "0", "-1", "latest", "99999999999999999999"}) {
    fs::create_directory(Folder(name));
  }
  std::ofstream(Folder("9")) << "a file";
  ASSERT_EQ(symlink("/", Folder("5").c_str()), 0);
  ASSERT_EQ(symlink("m", (repository() + "/link").c_str()), 0);
  std::ofstream(repository() + "/README") << "a file";
  fs::create_directories(repository() + "/empty");
  fs::create_directories(repository() + "/.hidden/1");
  const auto models = ListRepository(repository());
  ASSERT_THAT(models, IsOk());
  ASSERT_EQ(models->size(), 1u);
  EXPECT_EQ(models->at(0).model, "m");
  EXPECT_THAT(models->at(0).versions, ElementsAre(2));
  EXPECT_THAT(
      models->at(0).strays,
      ElementsAre("-1", "0", "07", "5", "9", "99999999999999999999", "latest"));
}

TEST_F(RepositoryTest, ProgramsMayKeepFilesOfTheirOwn) {
  Make();
  std::ofstream(Folder(".labels.7-1")) << "half";
  fs::create_directory(Folder(".import"));
  const auto models = ListRepository(repository());
  ASSERT_THAT(models, IsOk());
  EXPECT_THAT(models->at(0).strays, IsEmpty());
  Make();
  EXPECT_TRUE(fs::exists(Folder(".import")));
}

TEST_F(RepositoryTest, AModelThatCannotBeReadIsSaidAndDoesNotHideOthers) {
  Make();
  fs::create_directories(repository() + "/locked/1");
  fs::permissions(dir_.Path(""), fs::perms::all);
  fs::permissions(repository() + "/locked", fs::perms::none);
  // Root may read anything.
  const bool root = geteuid() == 0;
  if (root) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  const auto models = ListRepository(repository());
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  fs::permissions(repository() + "/locked", fs::perms::all);
  ASSERT_THAT(models, IsOk());
  ASSERT_EQ(models->size(), 2u);
  EXPECT_EQ(models->at(0).model, "locked");
  EXPECT_THAT(models->at(0).versions, IsEmpty());
  EXPECT_THAT(models->at(0).status,
              IsStatus(StatusCode::kPermissionDenied,
                       HasSubstr("/locked: cannot be read")));
  EXPECT_THAT(models->at(1).versions, ElementsAre(1));
  EXPECT_THAT(models->at(1).status, IsOk());
}

TEST_F(RepositoryTest, BuildsThatEndDoNotDisturbThoseThatBegin) {
  std::vector<std::thread> builders;
  for (int i = 0; i < 4; ++i) {
    builders.emplace_back([&] {
      for (int j = 0; j < 20; ++j) EXPECT_THAT(Begin(), IsOk());
    });
  }
  for (std::thread& builder : builders) builder.join();
  EXPECT_THAT(Versions(), IsEmpty());
}

TEST_F(RepositoryTest, SaysWhatItCannotDo) {
  EXPECT_THAT(ListRepository(repository()),
              IsStatus(StatusCode::kNotFound, HasSubstr("/repo")));
  const std::string file = dir_.Write("file", "");
  EXPECT_FALSE(ListRepository(file).ok());
  EXPECT_FALSE(VersionBuild::Begin(file, "m", {}).ok());
}

}  // namespace
}  // namespace akin
