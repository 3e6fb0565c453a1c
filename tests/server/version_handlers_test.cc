// The rpcs about versions without a socket; runs under TSan.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/server/version_rpc_fixture.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using VersionHandlersTest = VersionRpcFixture;

TEST(VersionHandlers, WithoutARepositoryThereIsNothingToChange) {
  ServerState state(ConfigOf(""));
  ASSERT_THAT(state.catalog.Publish(RoyalVersion(1)), IsOk());
  const auto refused =
      IsStatus(StatusCode::kFailedPrecondition, HasSubstr("no repository"));
  v1::PlanLoadResponse plan;
  EXPECT_THAT(RunHandler(HandlePlanLoad, &state, {}, &plan), refused);
  v1::LoadVersionResponse load;
  EXPECT_THAT(RunHandler(HandleLoadVersion, &state, {}, &load), refused);
  v1::UnloadVersionResponse unload;
  EXPECT_THAT(RunHandler(HandleUnloadVersion, &state, {}, &unload), refused);
  v1::SetLabelResponse label;
  EXPECT_THAT(RunHandler(HandleSetLabel, &state, {}, &label), refused);
  // What changes nothing needs none.
  v1::CompareVersionsRequest request;
  request.set_model("royal");
  v1::CompareVersionsResponse compared;
  EXPECT_THAT(RunHandler(HandleCompareVersions, &state, request, &compared),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("before and after are both version 1")));
  v1::GetModelRequest get;
  get.set_model("royal");
  v1::GetModelResponse model;
  ASSERT_THAT(HandleGetModel(state, get, &model), IsOk());
  EXPECT_EQ(model.model().versions(0).state(), v1::VERSION_STATE_AVAILABLE);
  ASSERT_EQ(model.model().labels_size(), 1);
  EXPECT_EQ(model.model().labels(0).name(), "stable");
  EXPECT_FALSE(model.model().labels(0).follows_latest());
}

TEST_F(VersionHandlersTest, PlansLoadsAndUnloads) {
  Seal(1);
  Seal(2);
  Start();
  v1::PlanLoadRequest plan;
  plan.set_model("m");
  plan.set_version(1);
  v1::PlanLoadResponse planned;
  ASSERT_THAT(RunHandler(HandlePlanLoad, state_.get(), plan, &planned), IsOk());
  EXPECT_EQ(planned.model(), "m");
  EXPECT_EQ(planned.version(), 1);
  EXPECT_TRUE(planned.fits());
  EXPECT_EQ(planned.state(), v1::VERSION_STATE_SEALED);
  EXPECT_GT(planned.resident_bytes(), 0u);
  plan.set_version(9);
  EXPECT_THAT(RunHandler(HandlePlanLoad, state_.get(), plan, &planned),
              IsStatus(StatusCode::kNotFound, HasSubstr("version 9")));

  v1::LoadVersionRequest load;
  load.set_model("m");
  load.set_version(1);
  v1::LoadVersionResponse loaded;
  ASSERT_THAT(RunHandler(HandleLoadVersion, state_.get(), load, &loaded),
              IsOk());
  EXPECT_EQ(loaded.version().version(), 1);
  EXPECT_EQ(loaded.version().state(), v1::VERSION_STATE_LOADING);
  EXPECT_TRUE(state_->keeper->TakeWish());
  Look();
  const v1::Model model = GetModel();
  ASSERT_EQ(model.versions_size(), 2);
  EXPECT_EQ(model.versions(1).state(), v1::VERSION_STATE_AVAILABLE);
  EXPECT_EQ(model.versions(1).tables_size(), 2);
  EXPECT_THAT(model.versions(0).labels(), ElementsAre("stable"));
  ASSERT_EQ(model.labels_size(), 1);
  EXPECT_TRUE(model.labels(0).follows_latest());

  v1::UnloadVersionRequest unload;
  unload.set_model("m");
  unload.set_version(2);
  v1::UnloadVersionResponse unloaded;
  EXPECT_THAT(RunHandler(HandleUnloadVersion, state_.get(), unload, &unloaded),
              IsStatus(StatusCode::kFailedPrecondition, HasSubstr("stable")));
  unload.set_version(1);
  ASSERT_THAT(RunHandler(HandleUnloadVersion, state_.get(), unload, &unloaded),
              IsOk());
  EXPECT_EQ(unloaded.version().version(), 1);
  EXPECT_THAT(unloaded.version().state(),
              AnyOf(v1::VERSION_STATE_UNLOADING, v1::VERSION_STATE_SEALED));
  EXPECT_THAT(RunHandler(HandleUnloadVersion, state_.get(), unload, &unloaded),
              IsStatus(StatusCode::kNotFound));
}

TEST_F(VersionHandlersTest, WhatNobodyWaitsForIsNotBegun) {
  Seal(1);
  Start();
  v1::SetLabelRequest request = Label("next", 1);
  for (const bool is_cancelled : {true, false}) {
    CallRecord record(Rpc::kSetLabel, DeadlineAfter(is_cancelled ? 60 : 0),
                      &state_->stats, &state_->access_log);
    if (is_cancelled) record.Cancel();
    const auto code =
        is_cancelled ? StatusCode::kCancelled : StatusCode::kDeadlineExceeded;
    v1::SetLabelResponse response;
    EXPECT_THAT(
        RunHandler(HandleSetLabel, state_.get(), request, &response, &record),
        IsStatus(code));
    request.mutable_thresholds();
    EXPECT_THAT(
        RunHandler(HandleSetLabel, state_.get(), request, &response, &record),
        IsStatus(code));
    v1::CompareVersionsRequest compare;
    compare.set_model("m");
    v1::CompareVersionsResponse compared;
    EXPECT_THAT(RunHandler(HandleCompareVersions, state_.get(), compare,
                           &compared, &record),
                IsStatus(code));
  }
  EXPECT_EQ(state_->keeper->Describe("m")->labels.count("next"), 0u);
}

TEST_F(VersionHandlersTest, GetModelShowsWhatBecameOfTheFolder) {
  Seal(1);
  Start();
  EXPECT_TRUE(GetModel().loads_latest());
  EXPECT_EQ(GetModel().versions(0).note(), "");
  std::filesystem::remove_all(VersionFolder(repository_, "m", 1));
  Look();
  EXPECT_THAT(GetModel().versions(0).note(), HasSubstr("is gone"));
  Config config = ConfigOf(repository_);
  config.set_follow("labels");
  state_ = std::make_unique<ServerState>(config);
  Seal(2);
  Look();
  EXPECT_FALSE(GetModel().loads_latest());
}

TEST_F(VersionHandlersTest, TooManyWaitingAreRefusedAtOnce) {
  Seal(1);
  Start();
  constexpr int kCalls = 100;
  v1::CompareVersionsRequest compare;
  compare.set_model("m");
  const v1::SetLabelRequest label = Label("next", 1);
  std::vector<v1::CompareVersionsResponse> compared(kCalls);
  std::vector<v1::SetLabelResponse> labelled(kCalls);
  std::vector<std::unique_ptr<CallRecord>> records;
  Mutex mutex;
  std::vector<StatusCode> ended;
  int refused = 0;
  const Done done = [&](const absl::Status& status) {
    MutexLock lock(&mutex);
    ended.push_back(status.code());
    if (status.code() != StatusCode::kResourceExhausted) return;
    ++refused;
    EXPECT_THAT(std::string(status.message()),
                AnyOf(HasSubstr("8 comparisons are waiting"),
                      HasSubstr("64 changes are waiting")));
  };
  {
    const Busy comparing(&state_->comparisons);
    const Busy changing(&state_->errands);
    for (int i = 0; i < kCalls; ++i) {
      for (int j = 0; j < 2; ++j) {
        records.push_back(
            std::make_unique<CallRecord>(Rpc::kSearch, DeadlineAfter(600),
                                         &state_->stats, &state_->access_log));
      }
      HandleCompareVersions(state_.get(), compare, &compared[i],
                            records[2 * i].get(), done);
      HandleSetLabel(state_.get(), label, &labelled[i],
                     records[2 * i + 1].get(), done);
    }
    {
      MutexLock lock(&mutex);
      EXPECT_EQ(refused, 2 * kCalls - 8 - 64);
      EXPECT_THAT(ended, SizeIs(refused));
    }
    // Neither queries nor the catalog wait for any of them.
    EXPECT_EQ(Answers(""), 1);
    EXPECT_EQ(GetModel().versions_size(), 1);
  }
  for (;;) {
    MutexLock lock(&mutex);
    if (ended.size() == 2 * kCalls) break;
  }
  EXPECT_EQ(refused, 2 * kCalls - 8 - 64) << "those that waited were done";
}

TEST_F(VersionHandlersTest, ALabelMovesBackWhileAComparisonRuns) {
  Seal(1);
  Start();
  const Busy comparing(&state_->comparisons);
  v1::SetLabelResponse response;
  EXPECT_THAT(SetLabel(Label("stable", 1), &response), IsOk());
}

TEST_F(VersionHandlersTest, WhileLoadingNoNameOfAnyLengthIsSaid) {
  Seal(1);
  Start();
  state_->phase = Phase::kLoading;
  v1::GetModelRequest request;
  request.set_model(std::string(100'000, 'x'));
  v1::GetModelResponse response;
  const absl::Status status = HandleGetModel(*state_, request, &response);
  EXPECT_THAT(status, IsStatus(StatusCode::kInvalidArgument));
  EXPECT_LT(status.message().size(), 1000u);
}

}  // namespace
}  // namespace akin::server
