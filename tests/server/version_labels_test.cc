// Labels and what is loaded because of them (VersionKeeper).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/version_states_fixture.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using VersionLabelsTest = VersionStatesFixture;

TEST_F(VersionLabelsTest, LabelsSurviveANewKeeper) {
  for (const int64_t number : {1, 2, 3}) Seal(number);
  {
    Catalog catalog;
    VersionKeeper keeper(Options(), &catalog);
    Look(&keeper);
    ASSERT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
    Look(&keeper);
    ASSERT_THAT(Label(&keeper, "stable", 1), IsOk());
    ASSERT_THAT(keeper.SetLabel("m", "canary", {3, 0.25, 0.5}, false), IsOk());
  }
  VersionKeeper keeper(Options(), &catalog_);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(3, 1));
  EXPECT_EQ(Stable(), 1);
  EXPECT_EQ(catalog_.Find("m")->labels["canary"], (LabelTarget{3, 0.25, 0.5}));
}

TEST_F(VersionLabelsTest, FollowsTheLabelsOfAnotherServer) {
  Seal(1);
  Seal(2);
  Catalog other_catalog;
  VersionKeeper other(Options(), &other_catalog);
  Look(&other);
  ASSERT_THAT(other.RequestLoad("m", 1, false), IsOk());
  Look(&other);
  VersionKeeper keeper(Options(/*keep=*/1), &catalog_);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(2));
  // This one has not loaded it yet.
  ASSERT_THAT(Label(&other, "stable", 1), IsOk());
  EXPECT_EQ(Stable(), 2);
  Look(&keeper);
  EXPECT_EQ(Stable(), 1);
  EXPECT_THAT(Served(), ElementsAre(2, 1));
  // And what it sets is followed there.
  ASSERT_THAT(Remove(&keeper, "stable"), IsOk());
  EXPECT_EQ(Stable(), 2);
  EXPECT_EQ(Labelled(other_catalog, "stable"), 1);
  Look(&other);
  EXPECT_EQ(Labelled(other_catalog, "stable"), 2);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(2)) << "nothing names 1 any more";
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(VersionLabelsTest, StableSetByHandStaysUntilItIsRemoved) {
  Seal(1);
  VersionKeeper keeper(Options(), &catalog_);
  Look(&keeper);
  ASSERT_TRUE(keeper.Describe("m")->stable_follows_latest);
  ASSERT_THAT(Label(&keeper, "stable", 1), IsOk());
  EXPECT_FALSE(keeper.Describe("m")->stable_follows_latest);
  for (const int64_t number : {2, 3, 4}) {
    Seal(number);
    Look(&keeper);
  }
  EXPECT_EQ(Stable(), 1);
  EXPECT_THAT(Served(), ElementsAre(4, 3, 1)) << "beyond what is kept";
  ASSERT_THAT(Remove(&keeper, "stable"), IsOk());
  EXPECT_EQ(Stable(), 4) << "at once";
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(4, 3));
  Seal(5);
  Look(&keeper);
  EXPECT_EQ(Stable(), 5);
}

TEST_F(VersionLabelsTest, WhatWasStableBeforeStaysLoaded) {
  Seal(1);
  Seal(2);
  VersionKeeper keeper(Options(), &catalog_);
  WriteLabels(R"({"labels": {"stable": {"version": 1}}})");
  Look(&keeper);
  ASSERT_THAT(Label(&keeper, "stable", 2), IsOk());
  for (const int64_t number : {3, 4, 5}) {
    Seal(number);
    Look(&keeper);
  }
  EXPECT_THAT(Served(), ElementsAre(5, 4, 2, 1));
  // After a restart too.
  Catalog catalog;
  VersionKeeper again(Options(), &catalog);
  Look(&again);
  EXPECT_THAT(catalog.Pin("m", int64_t{1}), IsOk());
  // Unless it is let go by hand, or nothing but the latest is kept.
  ASSERT_THAT(again.Unload("m", 1), IsOk());
  Look(&again);
  EXPECT_THAT(catalog.Pin("m", int64_t{1}), IsStatus(StatusCode::kNotFound));
  Catalog small;
  VersionKeeper frugal(Options(/*keep=*/1), &small);
  Look(&frugal);
  EXPECT_THAT(small.Pin("m", int64_t{1}), IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(VersionLabelsTest, ALabelOfWhatCannotBeLoadedChangesNothing) {
  Seal(1);
  Seal(2);
  Damage(2);
  VersionKeeper keeper(Options(), &catalog_);
  Look(&keeper);
  ASSERT_THAT(errors_, SizeIs(1));
  WriteLabels(R"({"labels": {"stable": {"version": 2},
                             "next": {"version": 7}}})");
  for (int i = 0; i < 3; ++i) Look(&keeper);
  EXPECT_EQ(Stable(), 1);
  EXPECT_THAT(Served(), ElementsAre(1));
  ASSERT_THAT(errors_, SizeIs(2)) << "one is not there, the other was said";
  EXPECT_THAT(errors_[1], HasSubstr("version 7 of model m cannot be loaded"));
  const VersionFacts failed = FactsOf(keeper, 2);
  EXPECT_EQ(failed.state, VersionState::kFailed);
  EXPECT_THAT(failed.failure, HasSubstr("/items.table: damaged at offset"));
  EXPECT_EQ(StateOf(keeper, 7), VersionState::kFailed);
  Seal(7);
  Look(&keeper);
  EXPECT_EQ(Labelled(catalog_, "next"), 7);
  EXPECT_EQ(Stable(), 1);
}

TEST_F(VersionLabelsTest, WithoutFollowingOnlyWhatIsNamedIsLoaded) {
  for (const int64_t number : {1, 2, 3, 4}) Seal(number);
  VersionKeeper::Options options = Options(/*keep=*/1);
  options.follow_latest = false;
  VersionKeeper keeper(options, &catalog_);
  Look(&keeper);
  EXPECT_THAT(Served(), IsEmpty());
  ASSERT_THAT(keeper.Describe("m"), IsOk());
  EXPECT_THAT(keeper.Describe("m")->versions, SizeIs(4));
  EXPECT_FALSE(keeper.Describe("m")->stable_follows_latest);
  ASSERT_THAT(keeper.RequestLoad("m", 2, false), IsOk());
  WriteLabels(R"({"labels": {"stable": {"version": 1}}})");
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(2, 1));
  EXPECT_EQ(Stable(), 1);
  ASSERT_THAT(Remove(&keeper, "stable"), IsOk());
  EXPECT_EQ(Stable(), 0) << "nobody follows";
}

TEST_F(VersionLabelsTest, DamagedLabelsStayAsTheyWereAndAreSaidOnce) {
  Seal(1);
  Seal(2);
  VersionKeeper keeper(Options(), &catalog_);
  WriteLabels(R"({"labels": {"stable": {"version": 1}}})");
  Look(&keeper);
  EXPECT_EQ(Stable(), 1);
  WriteLabels("{");
  for (int i = 0; i < 3; ++i) Look(&keeper);
  EXPECT_EQ(Stable(), 1);
  EXPECT_THAT(Served(), ElementsAre(2, 1));
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_THAT(errors_[0], HasSubstr("stay as they were"));
}

}  // namespace
}  // namespace akin::server
