#include "server/version_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/query/run_query.h"
#include "tests/server/keeper_fixture.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using VersionKeeperTest = KeeperFixture;

TEST_F(VersionKeeperTest, ServesTheLatestOfEveryModelAndWhatComesLater) {
  Seal(1);
  Seal(2);
  Seal(5, "other");
  VersionKeeper keeper(Options(), &catalog_);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(2));
  EXPECT_THAT(Served("other"), ElementsAre(5));
  Seal(4);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(4, 2));
  EXPECT_EQ((*catalog_.Pin("m", {}))->number(), 4);
  // Earlier than what is served: nobody asked for it.
  Seal(3);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(4, 2));
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(VersionKeeperTest, AVersionThatCannotBeReadChangesNothing) {
  Seal(1);
  VersionKeeper keeper(Options(), &catalog_);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  Seal(2);
  Damage(2);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(1));
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_THAT(errors_[0], AllOf(HasSubstr("version 2 of model m cannot be "
                                          "loaded; what is loaded goes on"),
                                HasSubstr("/items.table: damaged at offset")));
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(errors_, SizeIs(1)) << "it is not tried again";
  // Made anew under the same number, it is.
  std::filesystem::remove_all(VersionFolder(repository_, "m", 2));
  Seal(2);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(2, 1));
  Seal(3);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(3, 2));
}

TEST_F(VersionKeeperTest, ACopyIsServedWhenItIsComplete) {
  Seal(1);
  VersionKeeper keeper(Options(), &catalog_);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  Seal(2);
  const std::string whole = VersionFolder(repository_, "m", 2);
  const std::string aside = dir_.Path("aside");
  std::filesystem::rename(whole, aside);
  std::filesystem::create_directory(whole);
  for (const char* file : {"users.table", "items.table", "MANIFEST.json"}) {
    ASSERT_THAT(keeper.Look(&pool_), IsOk());
    EXPECT_THAT(Served(), ElementsAre(1));
    std::filesystem::copy_file(aside + "/" + file, whole + "/" + file);
  }
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(2, 1));
  EXPECT_THAT(errors_, SizeIs(1));
}

TEST_F(VersionKeeperTest, StartsWithTheLatestThatCanBeRead) {
  Seal(1);
  Seal(2);
  Damage(2);
  VersionKeeper keeper(Options(), &catalog_);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(1));
  EXPECT_THAT(errors_, SizeIs(1));
}

TEST_F(VersionKeeperTest, OldVersionsAreLetGoWhenNobodyHasThem) {
  VersionKeeper keeper(Options(/*keep=*/1), &catalog_);
  Seal(1);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_TRUE(keeper.FreeRetired());
  auto pinned = *catalog_.Pin("m", {});
  const std::weak_ptr<const Version> first = pinned;
  Seal(2);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(2));
  EXPECT_FALSE(keeper.FreeRetired());
  EXPECT_EQ(pinned->number(), 1);
  pinned = nullptr;
  EXPECT_FALSE(first.expired()) << "a request does not free it";
  EXPECT_TRUE(keeper.FreeRetired());
  EXPECT_TRUE(first.expired());
}

TEST_F(VersionKeeperTest, NoAnswerMixesVersionsWhileTheySwap) {
  Seal(1);
  VersionKeeper keeper(Options(/*keep=*/1), &catalog_);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  std::atomic<bool> done = false;
  std::atomic<int> answers = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto version = catalog_.Pin("m", {});
        ASSERT_TRUE(version.ok());
        const auto answer =
            RunQuery(**version, "items", ItemRef{"users", "all"}, {.k = 20});
        ASSERT_TRUE(answer.ok());
        const std::string own = absl::StrCat("v", (*version)->number(), "-");
        for (const Hit& hit : answer->hits) {
          ASSERT_TRUE(absl::StartsWith(hit.id, own) || hit.id == "all");
        }
        ++answers;
      }
    });
  }
  for (int64_t number = 2; number <= 30; ++number) {
    Seal(number);
    ASSERT_THAT(keeper.Look(&pool_), IsOk());
    EXPECT_THAT(Served(), ElementsAre(number));
    keeper.FreeRetired();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_TRUE(keeper.FreeRetired());
  EXPECT_GT(answers, 0);
}

TEST_F(VersionKeeperTest, AVersionThatVanishesGoesOnServing) {
  Seal(1);
  VersionKeeper keeper(Options(), &catalog_);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  std::filesystem::remove_all(VersionFolder(repository_, "m", 1));
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_THAT(Served(), ElementsAre(1));
  std::filesystem::remove_all(repository_);
  EXPECT_THAT(keeper.Look(&pool_), IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(Served(), ElementsAre(1));
}

TEST_F(VersionKeeperTest, AFolderThatIsGoneOrMadeAgainIsSaidOnceAndShown) {
  Seal(1);
  VersionKeeper keeper(Options(), &catalog_);
  const auto look = [&] {
    for (int i = 0; i < 3; ++i) ASSERT_THAT(keeper.Look(&pool_), IsOk());
  };
  const auto note = [&] { return keeper.Describe("m")->versions[0].note; };
  look();
  EXPECT_EQ(note(), "");
  EXPECT_THAT(errors_, IsEmpty());
  std::filesystem::remove_all(VersionFolder(repository_, "m", 1));
  look();
  EXPECT_THAT(note(), HasSubstr("its folder is gone from the repository"));
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_EQ(errors_[0], "version 1 of model m: " + note());
  Seal(2);
  std::filesystem::rename(VersionFolder(repository_, "m", 2),
                          VersionFolder(repository_, "m", 1));
  look();
  EXPECT_THAT(note(), HasSubstr("made again with other content"));
  ASSERT_THAT(errors_, SizeIs(2));
  EXPECT_EQ(errors_[1], "version 1 of model m: " + note());
  EXPECT_THAT(Served(), ElementsAre(1)) << "as it was loaded";
}

TEST_F(VersionKeeperTest, AnotherFolderThanARepositoryIsSaid) {
  Seal(1);
  const auto said = [&](const std::string& repository) {
    lines_.clear();
    errors_.clear();
    VersionKeeper::Options options = Options();
    options.repository = repository;
    Catalog catalog;
    VersionKeeper keeper(options, &catalog);
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(keeper.Look(&pool_), IsOk());
    }
  };
  said(repository_ + "/m");
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_THAT(
      errors_[0],
      HasSubstr("/m is the folder of a model, expected the repository"));
  said(repository_ + "/m/1");
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_THAT(errors_[0], HasSubstr("/m/1 is the folder of a version"));
  std::filesystem::create_directory(dir_.Path("empty"));
  said(dir_.Path("empty"));
  EXPECT_THAT(errors_, IsEmpty()) << "something may come";
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_THAT(lines_[0], HasSubstr("/empty holds no version yet, expected "));
}

TEST_F(VersionKeeperTest, IsWokenOnce) {
  VersionKeeper keeper(Options(), &catalog_);
  EXPECT_FALSE(keeper.TakeWish());
  keeper.Wake();
  EXPECT_TRUE(keeper.TakeWish());
  EXPECT_FALSE(keeper.TakeWish());
}

TEST_F(VersionKeeperTest, StraysAreSaidOnce) {
  Seal(1);
  std::ofstream(repository_ + "/m/notes.txt") << "by hand";
  VersionKeeper keeper(Options(), &catalog_);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  ASSERT_THAT(lines_, SizeIs(2));
  EXPECT_THAT(lines_[0], HasSubstr("left alone: notes.txt"));
}

TEST_F(VersionKeeperTest, ACancelledLoadIsNoFailure) {
  Seal(1);
  VersionKeeper keeper(Options(), &catalog_);
  keeper.Cancel();
  EXPECT_THAT(keeper.Look(&pool_), IsStatus(StatusCode::kCancelled));
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_THAT(Served(), IsEmpty());
}

TEST_F(VersionKeeperTest, CountsItsLoads) {
  Seal(1);
  LoadStats loads;
  VersionKeeper::Options options = Options();
  options.loads = &loads;
  VersionKeeper keeper(options, &catalog_);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  EXPECT_EQ(loads.ok, 1u);
  EXPECT_EQ(loads.failed, 0u);
  const int64_t first = loads.last_ok_ns;
  EXPECT_GT(first, 0);
  Seal(2);
  Damage(2);
  ASSERT_THAT(keeper.Look(&pool_), IsOk());
  ASSERT_THAT(keeper.Look(&pool_), IsOk());  // it is not tried again
  EXPECT_EQ(loads.ok, 1u);
  EXPECT_EQ(loads.failed, 1u);
  EXPECT_EQ(loads.last_ok_ns, first);
  Seal(3);
  keeper.Cancel();
  EXPECT_THAT(keeper.Look(&pool_), IsStatus(StatusCode::kCancelled));
  EXPECT_EQ(loads.ok, 1u);
  EXPECT_EQ(loads.failed, 1u);
}

}  // namespace
}  // namespace akin::server
