// The labels of a repository and of a catalog, without loading anything.

#include "server/model_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class ModelLabelsTest : public testing::Test {
 protected:
  ModelLabelsTest() { std::filesystem::create_directory(dir_.Path("royal")); }

  void Write(const std::string& text) { dir_.Write("royal/LABELS.json", text); }
  Labels InForce() { return catalog_.Find("royal")->labels; }
  absl::StatusOr<int64_t> Move(const std::string& label, int64_t version) {
    return labels_.Set("royal", label, {version, {}, {}});
  }
  absl::StatusOr<int64_t> Remove(const std::string& label) {
    return labels_.Set("royal", label, {});
  }

  TempDir dir_;
  Catalog catalog_;
  std::vector<std::string> said_;
  std::vector<std::string> changes_;
  ModelLabels labels_{dir_.Path(""), /*follow_latest=*/true,
                      [this](const std::string& line, bool is_error) {
                        (is_error ? said_ : changes_).push_back(line);
                      },
                      &catalog_};
};

TEST_F(ModelLabelsTest, StableFollowsTheLatestUntilItIsSet) {
  for (const int64_t number : {2, 1, 3}) {
    ASSERT_THAT(labels_.Publish(RoyalVersion(number)), IsOk());
  }
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{3})));
  EXPECT_TRUE(labels_.StableFollowsLatest("royal"));
  EXPECT_EQ(*Move("stable", 1), 3);
  EXPECT_FALSE(labels_.StableFollowsLatest("royal"));
  ASSERT_THAT(labels_.Publish(RoyalVersion(4)), IsOk());
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{1, 0, 0, 3})));
  EXPECT_EQ(*Remove("stable"), 1);
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{4})));
  EXPECT_THAT(Remove("stable"),
              IsStatus(StatusCode::kNotFound,
                       "label \"stable\" of model royal was set by nobody"));
}

TEST_F(ModelLabelsTest, WithoutFollowingOnlyWhatIsSetIsStable) {
  ModelLabels labels(dir_.Path(""), /*follow_latest=*/false, nullptr,
                     &catalog_);
  ASSERT_THAT(labels.Publish(RoyalVersion(1)), IsOk());
  EXPECT_THAT(InForce(), IsEmpty());
  EXPECT_FALSE(labels.StableFollowsLatest("royal"));
  EXPECT_EQ(*labels.Set("royal", "stable", {1, {}, {}}), 0);
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{1})));
  EXPECT_EQ(*labels.Set("royal", "stable", {}), 1);
  EXPECT_THAT(InForce(), IsEmpty());
}

TEST_F(ModelLabelsTest, SharesStayUntilTheyAreSaidAnew) {
  ASSERT_THAT(labels_.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(labels_.Publish(RoyalVersion(2)), IsOk());
  ASSERT_THAT(Move("stable", 1), IsOk());
  ASSERT_THAT(labels_.Set("royal", "canary", {1, 0.25, 0.5}), IsOk());
  ASSERT_THAT(labels_.Set("royal", "canary", {2, {}, 0.0}), IsOk());
  EXPECT_EQ(InForce()["canary"], (LabelTarget{2, 0.25, 0, 1}));
  ASSERT_THAT(Remove("canary"), IsOk());
  ASSERT_THAT(Move("canary", 2), IsOk());
  EXPECT_EQ(InForce()["canary"], (LabelTarget{2, 0, 0}));
}

TEST_F(ModelLabelsTest, RemembersWhatItNamedBefore) {
  for (const int64_t number : {1, 2, 3}) {
    ASSERT_THAT(labels_.Publish(RoyalVersion(number)), IsOk());
  }
  ASSERT_THAT(Move("stable", 1), IsOk());
  EXPECT_EQ(InForce()["stable"].previous, 3) << "it followed the latest";
  ASSERT_THAT(Move("stable", 1), IsOk());
  EXPECT_EQ(InForce()["stable"].previous, 3) << "it was not moved";
  ASSERT_THAT(Move("stable", 2), IsOk());
  EXPECT_EQ(InForce()["stable"].previous, 1);
  labels_.Follow("royal");
  EXPECT_EQ(InForce()["stable"].previous, 1) << "kept in the repository";
  ASSERT_THAT(Move("next", 3), IsOk());
  EXPECT_EQ(InForce()["next"].previous, 0);
}

TEST_F(ModelLabelsTest, WhatWasNeverReadIsNotTakenForNothing) {
  Write("{");
  labels_.Follow("royal");
  ASSERT_THAT(labels_.Publish(RoyalVersion(2)), IsOk());
  EXPECT_THAT(InForce(), IsEmpty()) << "somebody may have set stable";
  EXPECT_FALSE(labels_.StableFollowsLatest("royal"));
  ASSERT_THAT(said_, SizeIs(1));
  EXPECT_THAT(said_[0], HasSubstr("cannot be read, so none is in force"));
  std::filesystem::remove(dir_.Path("royal/LABELS.json"));
  labels_.Follow("royal");
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{2})));
}

TEST_F(ModelLabelsTest, IsNotMovedFromWhereItIsNotExpected) {
  for (const int64_t number : {1, 2, 3}) {
    ASSERT_THAT(labels_.Publish(RoyalVersion(number)), IsOk());
  }
  LabelChange change = {.version = 2};
  change.expected = 1;
  EXPECT_THAT(labels_.Set("royal", "stable", change),
              IsStatus(StatusCode::kAborted,
                       HasSubstr("names version 3 by now, expected 1")));
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{3})));
  change.expected = 3;
  EXPECT_EQ(*labels_.Set("royal", "stable", change), 3);
  change.expected = 0;
  EXPECT_EQ(*labels_.Set("royal", "next", change), 0);
}

TEST_F(ModelLabelsTest, RefusesAndLeavesThingsAsTheyWere) {
  ASSERT_THAT(labels_.Publish(RoyalVersion(1)), IsOk());
  EXPECT_THAT(Move("stable", 2),
              IsStatus(StatusCode::kNotFound, HasSubstr("version \"2\"")));
  EXPECT_THAT(labels_.Set("loyal", "stable", {1, {}, {}}),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"loyal\"")));
  EXPECT_THAT(labels_.Set("loyal", "stable", {}),
              IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(Move("a/b", 1), IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(Remove("a/b"), IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(labels_.Set("royal", "stable", {1, 0.5, {}}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("canary only")));
  EXPECT_THAT(labels_.Set("royal", "canary", {1, 7.0, {}}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("share is 7")));
  const absl::Status unknown = Remove(std::string(100'000, 'x')).status();
  EXPECT_LT(unknown.message().size(), 1000u) << "no name of any length";
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{1})));
  EXPECT_TRUE(labels_.StableFollowsLatest("royal"));
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("royal/LABELS.json")));
}

TEST_F(ModelLabelsTest, WhatCannotBeKeptIsNotInForceEither) {
  ASSERT_THAT(labels_.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(labels_.Publish(RoyalVersion(2)), IsOk());
  std::filesystem::remove_all(dir_.Path("royal"));
  dir_.Write("royal", "a file");
  EXPECT_THAT(Move("stable", 1), IsStatus(StatusCode::kFailedPrecondition,
                                          HasSubstr("cannot be kept")));
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{2})));
}

TEST_F(ModelLabelsTest, ALabelWaitsForItsVersion) {
  ASSERT_THAT(labels_.Publish(RoyalVersion(1)), IsOk());
  Write(R"({"labels": {"stable": {"version": 1}, "old": {"version": 1}}})");
  labels_.Follow("royal");
  EXPECT_THAT(InForce(), SizeIs(2));
  Write(R"({"labels": {"stable": {"version": 2},
                       "canary": {"version": 3, "share": 0.5}}})");
  labels_.Follow("royal");
  // As they were; what is gone is gone.
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{1})));
  EXPECT_THAT(labels_.Of("royal"), SizeIs(2));
  ASSERT_THAT(labels_.Publish(RoyalVersion(3)), IsOk());
  EXPECT_THAT(InForce(), ElementsAre(Pair("canary", LabelTarget{3, 0.5}),
                                     Pair("stable", LabelTarget{1})));
  ASSERT_THAT(labels_.Publish(RoyalVersion(2)), IsOk());
  EXPECT_EQ(InForce()["stable"], LabelTarget{2});
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(ModelLabelsTest, WhatIsDamagedIsSaidOnceAndChangesNothing) {
  ASSERT_THAT(labels_.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(labels_.Publish(RoyalVersion(2)), IsOk());
  ASSERT_THAT(Move("stable", 1), IsOk());
  Write("{");
  for (int i = 0; i < 3; ++i) labels_.Follow("royal");
  ASSERT_THAT(said_, SizeIs(1));
  EXPECT_THAT(said_[0], HasSubstr("the labels of model royal stay as they "
                                  "were: "));
  EXPECT_THAT(said_[0], HasSubstr("royal/LABELS.json"));
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{1, 0, 0, 2})));
  EXPECT_THAT(Move("stable", 2), IsStatus(StatusCode::kFailedPrecondition));
  Write(R"({"labels": {"stable": {"version": -1}}})");
  labels_.Follow("royal");
  EXPECT_THAT(said_, SizeIs(2)) << "damaged in another way";
  Write(R"({"labels": {"stable": {"version": 2}}})");
  labels_.Follow("royal");
  EXPECT_THAT(InForce(), ElementsAre(Pair("stable", LabelTarget{2})));
  Write("{");
  labels_.Follow("royal");
  EXPECT_THAT(said_, SizeIs(3)) << "anew";
}

TEST_F(ModelLabelsTest, WhatOthersChangeIsSaid) {
  for (const int64_t number : {1, 2}) {
    ASSERT_THAT(labels_.Publish(RoyalVersion(number)), IsOk());
  }
  Write(R"({"labels": {"stable": {"version": 1}, "old": {"version": 1}}})");
  labels_.Follow("royal");
  EXPECT_THAT(changes_, IsEmpty()) << "nothing was known before";
  ASSERT_THAT(Move("stable", 2), IsOk());
  labels_.Follow("royal");
  EXPECT_THAT(changes_, IsEmpty()) << "who moves it says so";
  Write(R"({"labels": {"stable": {"version": 1},
                       "canary": {"version": 2, "share": 0.5}}})");
  for (int i = 0; i < 2; ++i) labels_.Follow("royal");
  EXPECT_THAT(changes_,
              ElementsAre("label old of model royal was removed, before 1, by "
                          "another server or by hand",
                          "label canary of model royal was set to version 2, "
                          "by another server or by hand",
                          "label stable of model royal was moved to version 1, "
                          "before 2, by another server or by hand"));
  changes_.clear();
  Write(R"({"labels": {"stable": {"version": 1},
                       "canary": {"version": 2, "share": 0.25,
                                  "shadow_share": 0.01}}})");
  labels_.Follow("royal");
  EXPECT_THAT(changes_,
              ElementsAre("label canary of model royal was given the share "
                          "0.25 and the shadow share 0.01, by another server "
                          "or by hand"));
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(ModelLabelsTest, ANameThatReadsLikeAVersionIsNotSet) {
  ASSERT_THAT(labels_.Publish(RoyalVersion(1)), IsOk());
  for (const char* name : {"7", "007", "latest", "Latest"}) {
    EXPECT_THAT(Move(name, 1), IsStatus(StatusCode::kInvalidArgument,
                                        HasSubstr("reads like a version")));
  }
  EXPECT_THAT(Move("7a", 1), IsOk());
  // One that was set before can be read, and removed.
  Write(R"({"labels": {"7": {"version": 1}}})");
  labels_.Follow("royal");
  EXPECT_EQ(InForce()["7"], LabelTarget{1});
  EXPECT_THAT(Remove("7"), IsOk());
}

TEST_F(ModelLabelsTest, NobodyRetiresWhatIsBeingLabelled) {
  ASSERT_THAT(labels_.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(labels_.Publish(RoyalVersion(2)), IsOk());
  std::atomic<bool> done{false};
  std::thread mover([&] {
    for (int i = 0; i < 60; ++i) {
      const auto moved = Move("stable", 1 + i % 2);
      if (!moved.ok()) {
        EXPECT_EQ(moved.status().code(), StatusCode::kNotFound);
      }
    }
    done = true;
  });
  std::thread reader([&] {
    while (!done) EXPECT_THAT(catalog_.Pin("royal", {}), IsOk());
  });
  while (!done) {
    for (const int64_t number : {1, 2}) {
      auto retired = labels_.Retire("royal", number);
      if (!retired.ok()) continue;
      EXPECT_THAT(labels_.Publish(*retired), IsOk());
    }
    labels_.Follow("royal");
  }
  mover.join();
  reader.join();
  for (const auto& [name, target] : InForce()) {
    EXPECT_THAT(catalog_.Pin("royal", target.version), IsOk()) << name;
  }
  EXPECT_EQ(InForce(), ReadLabels(dir_.Path(""), "royal").value());
}

}  // namespace
}  // namespace akin::server
