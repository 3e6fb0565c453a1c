// Versions that are asked for, let go and described (VersionKeeper).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "tests/server/version_states_fixture.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using VersionStatesTest = VersionStatesFixture;

TEST_F(VersionStatesTest, WhatIsLetGoByHandStaysAway) {
  for (const int64_t number : {1, 2, 3}) Seal(number);
  VersionKeeper keeper(Options(), &catalog_);
  WriteLabels(R"({"labels": {"stable": {"version": 1}}})");
  Look(&keeper);
  ASSERT_THAT(Served(), ElementsAre(3, 1));
  EXPECT_THAT(keeper.Unload("m", 1),
              IsStatus(StatusCode::kFailedPrecondition, HasSubstr("stable")));
  EXPECT_THAT(keeper.Unload("m", 2), IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(keeper.Unload("x", 1), IsStatus(StatusCode::kNotFound));
  ASSERT_THAT(keeper.Unload("m", 3), IsOk());
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(1)) << "nor is 2 loaded in its place";
  EXPECT_TRUE(keeper.FreeRetired());
  EXPECT_EQ(StateOf(keeper, 3), VersionState::kSealed);
  EXPECT_FALSE(keeper.TakeWish());
  EXPECT_EQ(*keeper.RequestLoad("m", 0, false), 3);
  EXPECT_TRUE(keeper.TakeWish());
  EXPECT_FALSE(keeper.TakeWish());
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(3, 1));
  ASSERT_THAT(keeper.Unload("m", 3), IsOk());
  Seal(4);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(4, 1)) << "a later one is another matter";
}

TEST_F(VersionStatesTest, WhatIsAskedForStaysBeyondWhatIsKept) {
  for (const int64_t number : {1, 2, 3}) Seal(number);
  VersionKeeper keeper(Options(/*keep=*/1), &catalog_);
  Look(&keeper);
  EXPECT_EQ(*keeper.RequestLoad("m", 1, false), 1);
  EXPECT_EQ(StateOf(keeper, 1), VersionState::kLoading) << "its turn will come";
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(3, 1));
  EXPECT_EQ(Stable(), 3);
  Seal(4);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(4, 1));
  // Asked for when it is there already.
  EXPECT_EQ(*keeper.RequestLoad("m", 4, false), 4);
  Seal(5);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(5, 4, 1));
  ASSERT_THAT(keeper.Unload("m", 1), IsOk());
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(5, 4));
}

TEST_F(VersionStatesTest, WhatWasAskedForInVainCanBeWithdrawn) {
  for (const int64_t number : {1, 2}) Seal(number);
  Damage(1);
  VersionKeeper keeper(Options(), &catalog_);
  Look(&keeper);
  EXPECT_EQ(*keeper.RequestLoad("m", 1, false), 1);
  Look(&keeper);
  EXPECT_EQ(StateOf(keeper, 1), VersionState::kFailed);
  EXPECT_THAT(keeper.Unload("m", 1), IsOk());
  EXPECT_THAT(keeper.Unload("m", 1), IsStatus(StatusCode::kNotFound));
  // Mended, it would be loaded now, had it still been asked for.
  std::filesystem::remove_all(VersionFolder(repository_, "m", 1));
  Seal(1);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(2));
}

TEST_F(VersionStatesTest, OnlyWhatIsInTheRepositoryCanBeAskedFor) {
  Seal(1, "movies");
  VersionKeeper keeper(Options(), &catalog_);
  EXPECT_THAT(keeper.RequestLoad("movies", 2, true),
              IsStatus(StatusCode::kNotFound, HasSubstr("whose latest is 1")));
  EXPECT_THAT(keeper.RequestLoad("movies", -1, true),
              IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(keeper.RequestLoad("movie", 0, true),
              IsStatus(StatusCode::kNotFound,
                       AllOf(HasSubstr("does not exist in the repository"),
                             HasSubstr("did you mean \"movies\""))));
  EXPECT_THAT(keeper.RequestLoad("../repo", 0, true),
              IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(keeper.Plan(std::string(5000, 'x'), 0),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("5000 bytes")));
  EXPECT_FALSE(keeper.TakeWish());
}

TEST_F(VersionStatesTest, AFailedRequestIsSaidOnceWhateverBecomesOfTheFiles) {
  Seal(1);
  Seal(2);
  Damage(1);
  VersionKeeper keeper(Options(), &catalog_);
  Look(&keeper);
  ASSERT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
  Look(&keeper);
  Look(&keeper);
  EXPECT_THAT(errors_, SizeIs(1));
  EXPECT_EQ(StateOf(keeper, 1), VersionState::kFailed);
  // Asked for again, it is tried again, and said again.
  ASSERT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
  EXPECT_EQ(StateOf(keeper, 1), VersionState::kLoading);
  Look(&keeper);
  EXPECT_THAT(errors_, SizeIs(2));
  std::filesystem::remove_all(VersionFolder(repository_, "m", 1));
  for (int i = 0; i < 4; ++i) Look(&keeper);
  EXPECT_THAT(errors_, SizeIs(3)) << "now it is not there";
  EXPECT_THAT(Served(), ElementsAre(2));
}

TEST_F(VersionStatesTest, TheOldestGoFirst) {
  VersionKeeper keeper(Options(/*keep=*/3), &catalog_);
  for (const int64_t number : {1, 2, 3, 4, 5}) {
    Seal(number);
    Look(&keeper);
  }
  EXPECT_THAT(Served(), ElementsAre(5, 4, 3));
  std::vector<std::string> retired;
  for (const std::string& line : lines_) {
    if (absl::StrContains(line, "is retired")) retired.push_back(line);
  }
  EXPECT_THAT(retired, ElementsAre("version 1 of model m is retired",
                                   "version 2 of model m is retired"));
}

TEST_F(VersionStatesTest, StatesThroughALife) {
  Seal(1);
  Seal(2);
  VersionKeeper::Options options = Options(/*keep=*/1);
  VersionKeeper* asked = nullptr;
  std::map<int64_t, int> loading;
  // Asked in the middle of a load, by the thread that loads.
  options.available_memory = [&] {
    const auto model = asked->Describe("m");
    EXPECT_THAT(model, IsOk());
    for (const VersionFacts& facts : model->versions) {
      if (facts.state == VersionState::kLoading) ++loading[facts.number];
    }
    return uint64_t{1} << 40;
  };
  VersionKeeper keeper(options, &catalog_);
  asked = &keeper;
  EXPECT_THAT(keeper.Describe("m"), IsStatus(StatusCode::kNotFound));
  Look(&keeper);
  EXPECT_THAT(loading, ElementsAre(testing::Pair(2, 1)));
  EXPECT_EQ(StateOf(keeper, 2), VersionState::kAvailable);
  EXPECT_THAT(FactsOf(keeper, 2).version->tables(), SizeIs(2));
  EXPECT_EQ(StateOf(keeper, 1), VersionState::kSealed);
  EXPECT_EQ(FactsOf(keeper, 1).version, nullptr);
  auto pinned = *catalog_.Pin("m", {});
  Seal(3);
  Look(&keeper);
  EXPECT_EQ(StateOf(keeper, 3), VersionState::kAvailable);
  EXPECT_FALSE(keeper.FreeRetired());
  EXPECT_EQ(StateOf(keeper, 2), VersionState::kUnloading);
  EXPECT_EQ(FactsOf(keeper, 2).version, pinned);
  pinned = nullptr;
  EXPECT_TRUE(keeper.FreeRetired());
  EXPECT_EQ(StateOf(keeper, 2), VersionState::kSealed);
  Seal(4);
  Damage(4);
  Look(&keeper);
  EXPECT_EQ(StateOf(keeper, 4), VersionState::kFailed);
  const auto models = keeper.Describe();
  ASSERT_THAT(models, SizeIs(1));
  ASSERT_THAT(models[0].versions, SizeIs(4));
  EXPECT_EQ(models[0].versions.front().number, 4) << "newest first";
}

TEST_F(VersionStatesTest, WhatIsLetGoWhileAnotherIsLoadedStaysAway) {
  for (const int64_t number : {1, 2, 3}) Seal(number);
  VersionKeeper::Options options = Options();
  VersionKeeper* keeper_of_load = nullptr;
  bool unload = false;
  options.available_memory = [&] {
    if (unload) {
      EXPECT_THAT(keeper_of_load->Unload("m", 2), IsOk());
    }
    unload = false;
    return uint64_t{1} << 40;
  };
  VersionKeeper keeper(options, &catalog_);
  keeper_of_load = &keeper;
  Look(&keeper);
  ASSERT_THAT(keeper.RequestLoad("m", 2, false), IsOk());
  Look(&keeper);
  ASSERT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
  ASSERT_THAT(Served(), ElementsAre(3, 2));
  // Loading 1 takes a while, and then 2, which was asked for, is gone.
  unload = true;
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(3, 1));
}

TEST_F(VersionStatesTest, WhatIsLetGoWhileItIsLoadedIsNotPublished) {
  for (const int64_t number : {1, 2}) Seal(number);
  VersionKeeper::Options options = Options();
  VersionKeeper* keeper_of_load = nullptr;
  int64_t unload = 0;
  options.available_memory = [&] {
    if (unload > 0) {
      EXPECT_THAT(keeper_of_load->Unload("m", unload), IsOk());
    }
    unload = 0;
    return uint64_t{1} << 40;
  };
  VersionKeeper keeper(options, &catalog_);
  keeper_of_load = &keeper;
  Look(&keeper);
  ASSERT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
  unload = 1;
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(2));
  EXPECT_EQ(StateOf(keeper, 1), VersionState::kSealed);
  EXPECT_THAT(errors_, IsEmpty());
  // The latest, which nobody would be answered by otherwise, alike.
  Seal(3);
  ASSERT_THAT(keeper.RequestLoad("m", 3, false), IsOk());
  unload = 3;
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(2));
  EXPECT_EQ(Stable(), 2);
}

TEST_F(VersionStatesTest, OthersChangeWhatItLooksAt) {
  for (const int64_t number : {1, 2}) Seal(number);
  VersionKeeper keeper(Options(), &catalog_);
  Look(&keeper);
  ASSERT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
  Look(&keeper);
  std::atomic<bool> done{false};
  std::vector<std::thread> others;
  others.emplace_back([&] {
    for (int64_t i = 0; !done; ++i) {
      Label(&keeper, "stable", 1 + i % 2).IgnoreError();
      if (i % 5 == 0) Remove(&keeper, "stable").IgnoreError();
    }
  });
  others.emplace_back([&] {
    while (!done) {
      keeper.Unload("m", 1).IgnoreError();
      EXPECT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
    }
  });
  others.emplace_back([&] {
    while (!done) {
      EXPECT_THAT(catalog_.Pin("m", {}), IsOk()) << "there is always a stable";
      EXPECT_THAT(keeper.Describe("m"), IsOk());
      EXPECT_THAT(keeper.Plan("m", 0), IsOk());
    }
  });
  for (int64_t number = 3; number < 12; ++number) {
    Seal(number);
    Look(&keeper);
    keeper.FreeRetired();
  }
  done = true;
  for (std::thread& other : others) other.join();
  EXPECT_THAT(errors_, IsEmpty());
  const auto found = catalog_.Find("m");
  for (const auto& [label, target] : found->labels) {
    EXPECT_THAT(catalog_.Pin("m", target.version), IsOk()) << label;
  }
}

}  // namespace
}  // namespace akin::server
