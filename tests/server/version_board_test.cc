#include "server/version_board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

VersionBoard::Failure Failed(const std::string& why,
                             StatusCode code = StatusCode::kDataLoss) {
  return {"stamp", code, why, true};
}

std::vector<VersionState> States(const std::vector<VersionFacts>& facts) {
  std::vector<VersionState> states;
  for (const VersionFacts& one : facts) states.push_back(one.state);
  return states;
}

TEST(VersionBoard, AFailureIsNewOnce) {
  VersionBoard board;
  EXPECT_TRUE(board.EndLoad("m", 1, Failed("torn")));
  EXPECT_FALSE(board.EndLoad("m", 1, Failed("torn")));
  EXPECT_TRUE(board.EndLoad("m", 1, Failed("cut")));
  EXPECT_TRUE(board.EndLoad("m", 2, Failed("cut"))) << "another version";
  EXPECT_TRUE(board.EndLoad("other", 1, Failed("cut"))) << "another model";
  // What is available differs from moment to moment.
  const auto full = StatusCode::kResourceExhausted;
  EXPECT_TRUE(board.EndLoad("m", 1, Failed("10 MiB", full)));
  EXPECT_FALSE(board.EndLoad("m", 1, Failed("11 MiB", full)));
  EXPECT_EQ(board.FailureOf("m", 1)->message, "11 MiB");
  // It went well meanwhile.
  EXPECT_TRUE(board.EndLoad("m", 1, std::nullopt));
  EXPECT_FALSE(board.FailureOf("m", 1).has_value());
  EXPECT_TRUE(board.EndLoad("m", 1, Failed("11 MiB", full)));
}

TEST(VersionBoard, ForgetsFailuresThatNothingNamesAnyMore) {
  VersionBoard board;
  board.SetSealed("m", {1, 2, 3}, {}, "");
  for (int64_t version = 1; version <= 4; ++version) {
    board.EndLoad("m", version, Failed("torn"));
  }
  board.Request("m", 3, false);
  board.EndLoad("m", 3, Failed("torn"));
  board.SetSealed("m", {1}, {4}, "");
  EXPECT_TRUE(board.FailureOf("m", 1).has_value()) << "is sealed";
  EXPECT_FALSE(board.FailureOf("m", 2).has_value());
  EXPECT_TRUE(board.FailureOf("m", 3).has_value()) << "was asked for";
  EXPECT_TRUE(board.FailureOf("m", 4).has_value()) << "a label names it";
}

TEST(VersionBoard, AProblemIsNewUntilItChanges) {
  VersionBoard board;
  EXPECT_FALSE(board.SetSealed("m", {1}, {}, ""));
  EXPECT_TRUE(board.SetSealed("m", {1}, {}, "strays"));
  EXPECT_FALSE(board.SetSealed("m", {1, 2}, {}, "strays"));
  EXPECT_TRUE(board.SetSealed("m", {1, 2}, {}, ""));
  EXPECT_THAT(board.Sealed("m"), ElementsAre(1, 2));
  EXPECT_THAT(board.Sealed("other"), IsEmpty());
  EXPECT_THAT(board.Models(), ElementsAre("m"));
}

TEST(VersionBoard, ARequestForgetsWhatStoodAgainstIt) {
  VersionBoard board;
  board.Retire(RoyalVersion(3), /*wanted=*/false);
  EXPECT_TRUE(board.IsUnwanted("royal", 3));
  board.EndLoad("royal", 3, Failed("torn"));
  board.Request("royal", 3, /*force=*/true);
  EXPECT_FALSE(board.IsUnwanted("royal", 3));
  EXPECT_FALSE(board.FailureOf("royal", 3).has_value());
  EXPECT_TRUE(board.IsForced("royal", 3));
  board.Request("royal", 3, /*force=*/false);
  EXPECT_FALSE(board.IsForced("royal", 3)) << "the last word counts";
  board.Request("royal", 1, false);
  EXPECT_THAT(board.Requested("royal"), ElementsAre(1, 3));
  EXPECT_FALSE(board.IsForced("royal", 2));
  EXPECT_FALSE(board.IsRequested("royal", 2));
  EXPECT_FALSE(board.IsRequested("other", 3));
  EXPECT_THAT(board.Requested("other"), IsEmpty());
}

TEST(VersionBoard, ARequestWhileItIsRetiredCounts) {
  VersionBoard board;
  board.Request("royal", 1, false);
  board.Retire(RoyalVersion(1), /*wanted=*/true);
  EXPECT_TRUE(board.IsRequested("royal", 1));
  EXPECT_FALSE(board.IsUnwanted("royal", 1));
  board.Retire(RoyalVersion(1), /*wanted=*/false);
  EXPECT_FALSE(board.IsRequested("royal", 1));
  EXPECT_TRUE(board.IsUnwanted("royal", 1));
}

TEST(VersionBoard, FreesWhatNobodyReads) {
  VersionBoard board;
  EXPECT_TRUE(board.FreeRetired());
  auto pinned = RoyalVersion(1);
  const std::weak_ptr<const Version> first = pinned;
  auto unread = RoyalVersion(2);
  const std::weak_ptr<const Version> second = unread;
  board.Retire(pinned, true);
  board.Retire(std::move(unread), true);
  EXPECT_FALSE(board.FreeRetired());
  EXPECT_TRUE(second.expired());
  pinned = nullptr;
  EXPECT_FALSE(first.expired());
  EXPECT_TRUE(board.FreeRetired());
  EXPECT_TRUE(first.expired());
}

TEST(VersionBoard, DescribesWhatCountsMost) {
  VersionBoard board;
  const PublishedModel none{"royal", {}, {}};
  EXPECT_THAT(board.Describe(none), IsEmpty());
  board.SetSealed("royal", {1, 2, 3, 4, 5}, {}, "");
  board.EndLoad("royal", 2, Failed("torn"));
  const auto pinned = RoyalVersion(3);
  board.Retire(pinned, true);
  board.BeginLoad("royal", 4);
  board.ShowProgress("royal", 10, 40);
  const PublishedModel published{"royal", {RoyalVersion(5)}, {}};
  const auto facts = board.Describe(published);
  ASSERT_THAT(States(facts),
              ElementsAre(VersionState::kAvailable, VersionState::kLoading,
                          VersionState::kUnloading, VersionState::kFailed,
                          VersionState::kSealed));
  EXPECT_EQ(facts[0].number, 5);
  EXPECT_EQ(facts[0].version, published.versions[0]);
  EXPECT_EQ(facts[1].bytes_done, 10u);
  EXPECT_EQ(facts[1].bytes_total, 40u);
  EXPECT_EQ(facts[2].version, pinned);
  EXPECT_EQ(facts[3].failure, "torn");
  EXPECT_EQ(facts[4].number, 1);
  // One that is let go and loaded again is being loaded.
  board.EndLoad("royal", 4, std::nullopt);
  board.BeginLoad("royal", 3);
  EXPECT_EQ(board.Describe(published)[2].state, VersionState::kLoading);
  EXPECT_EQ(board.Describe(published)[2].bytes_total, 0u);
}

TEST(VersionBoard, ANoteIsNewUntilItChangesAndGoesWithTheVersion) {
  VersionBoard board;
  EXPECT_FALSE(board.SetNote("royal", 1, ""));
  EXPECT_TRUE(board.SetNote("royal", 1, "gone"));
  EXPECT_FALSE(board.SetNote("royal", 1, "gone"));
  const auto version = RoyalVersion(1);
  PublishedModel published{"royal", {version}, {}};
  EXPECT_EQ(board.Describe(published)[0].note, "gone");
  EXPECT_TRUE(board.SetNote("royal", 1, "made again"));
  EXPECT_EQ(board.Describe(published)[0].note, "made again");
  EXPECT_TRUE(board.SetNote("royal", 1, ""));
  EXPECT_EQ(board.Describe(published)[0].note, "");
  board.SetNote("royal", 1, "gone");
  board.Retire(version, /*wanted=*/true);
  EXPECT_EQ(board.Describe(published)[0].note, "");
}

TEST(VersionBoard, WhatIsAvailableNeedNotBeSealed) {
  const VersionBoard board;
  EXPECT_THAT(board.Describe({"royal", {RoyalVersion(1)}, {}}), SizeIs(1));
}

}  // namespace
}  // namespace akin::server
