// SetLabel without a socket; runs under TSan.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "akin/v1/error.pb.h"
#include "tests/server/version_rpc_fixture.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

using VersionHandlersLabelsTest = VersionRpcFixture;

TEST_F(VersionHandlersLabelsTest, SetLabelMovesAndRemoves) {
  Seal(1);
  Seal(2);
  WriteLabels(R"({"labels": {"old": {"version": 1}}})");
  Start();
  v1::SetLabelResponse response;
  ASSERT_THAT(SetLabel(Label("stable", 1), &response), IsOk());
  EXPECT_EQ(response.previous_version(), 2);
  EXPECT_EQ(response.label().name(), "stable");
  EXPECT_EQ(response.label().version(), 1);
  EXPECT_FALSE(response.label().follows_latest());
  EXPECT_FALSE(response.has_comparison());
  EXPECT_EQ(Answers(""), 1);
  EXPECT_EQ(lines_.back(),
            "label stable of model m was moved to version 1, before 2");

  v1::SetLabelRequest remove = Label("old", 1);
  remove.set_remove(true);
  response.Clear();
  ASSERT_THAT(SetLabel(remove, &response), IsOk());
  EXPECT_EQ(response.label().name(), "old");
  EXPECT_EQ(response.label().version(), 0);
  EXPECT_EQ(response.previous_version(), 1);
  EXPECT_THAT(SetLabel(remove, &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("set by nobody")));
  remove.set_label("stable");
  response.Clear();
  ASSERT_THAT(SetLabel(remove, &response), IsOk());
  EXPECT_EQ(response.label().version(), 2) << "it follows the latest";
  EXPECT_TRUE(response.label().follows_latest());
  EXPECT_EQ(Answers(""), 2);
}

TEST_F(VersionHandlersLabelsTest, SetLabelSaysWhatIsWrong) {
  Seal(1);
  Start();
  v1::SetLabelResponse response;
  v1::SetLabelRequest request = Label("stable", 1);
  request.clear_target();
  EXPECT_THAT(SetLabel(request, &response),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("expected a version, or remove")));
  request.set_remove(false);
  EXPECT_THAT(SetLabel(request, &response),
              IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(SetLabel(Label("stable", 7), &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"7\"")));
  EXPECT_THAT(SetLabel(Label("stable", 0), &response),
              IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(SetLabel(Label("", 1), &response),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("label name")));
  request = Label("stable", 1);
  request.set_model("other");
  EXPECT_THAT(SetLabel(request, &response), IsStatus(StatusCode::kNotFound));
  request = Label("stable", 1);
  request.set_share(0.5);
  EXPECT_THAT(SetLabel(request, &response),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("canary only")));
  request = Label("canary", 1);
  request.set_shadow_share(1.5);
  EXPECT_THAT(SetLabel(request, &response),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("1.5")));
  request = Label("stable", 1);
  request.mutable_thresholds()->set_min_overlap(2);
  EXPECT_THAT(SetLabel(request, &response),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("min_overlap")));
  // Neither name is said at any length.
  for (const bool long_label : {true, false}) {
    v1::SetLabelRequest lengthy = Label("stable", 1);
    (long_label ? *lengthy.mutable_label() : *lengthy.mutable_model()) =
        std::string(100'000, 'x');
    for (const bool has_target : {true, false}) {
      if (!has_target) lengthy.clear_target();
      const absl::Status status = SetLabel(lengthy, &response);
      EXPECT_THAT(status, IsStatus(StatusCode::kInvalidArgument));
      EXPECT_LT(status.message().size(), 1000u);
    }
  }
  std::filesystem::remove_all(repository_);
  dir_.Write("repo", "a file");
  EXPECT_THAT(SetLabel(Label("stable", 1), &response),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("cannot be kept in the repository")));
}

TEST_F(VersionHandlersLabelsTest, ThresholdsDecideWhetherALabelMoves) {
  Seal(1);
  Start();
  Seal(2);
  WriteLabels(R"({"labels": {"stable": {"version": 1}}})");
  Look();
  ASSERT_THAT(Answers(""), 1);
  // Held: the two have one id in common.
  v1::SetLabelRequest request = Label("canary", 2);
  request.mutable_thresholds()->set_max_lost_share(1);
  v1::SetLabelResponse response;
  ASSERT_THAT(SetLabel(request, &response), IsOk());
  EXPECT_EQ(response.comparison().before(), 1) << "there was no canary";
  EXPECT_EQ(response.comparison().after(), 2);
  EXPECT_EQ(response.comparison().broken_size(), 0);
  // Broken.
  request = Label("stable", 2);
  request.mutable_thresholds()->set_max_lost_share(0.5);
  google::rpc::Status rpc;
  response.Clear();
  EXPECT_THAT(SetLabel(request, &response, &rpc),
              IsStatus(StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("label stable of model m was not moved "
                                       "to version 2: "),
                             HasSubstr("the share of lost ids is 0.980"))));
  EXPECT_EQ(Answers(""), 1);
  ASSERT_EQ(rpc.details_size(), 1);
  v1::ErrorDetail detail;
  ASSERT_TRUE(rpc.details(0).UnpackTo(&detail));
  const v1::Comparison& report = detail.comparison_refused().comparison();
  EXPECT_EQ(report.before(), 1);
  EXPECT_EQ(report.tables_size(), 4);
  EXPECT_EQ(report.broken_size(), 2);
  // By force, which the log says.
  request.set_force(true);
  response.Clear();
  ASSERT_THAT(SetLabel(request, &response), IsOk());
  EXPECT_EQ(response.comparison().broken_size(), 2);
  EXPECT_EQ(response.previous_version(), 1);
  EXPECT_EQ(Answers(""), 2);
  EXPECT_EQ(lines_.back(),
            "label stable of model m was moved to version 2, before 1, by "
            "force");
  // Nothing to compare with: it is there already.
  request.set_force(false);
  EXPECT_THAT(SetLabel(request, &response), IsOk());
  // With itself as canary there is nothing else to compare either.
  request = Label("stable", 9);
  request.mutable_thresholds();
  EXPECT_THAT(SetLabel(request, &response), IsStatus(StatusCode::kNotFound));
}

// A version of `tables`, whose names and ids are as long as they may be.
std::shared_ptr<const Version> Wide(int64_t number,
                                    const std::vector<std::string>& tables) {
  std::vector<std::unique_ptr<const IndexedTable>> made;
  for (const std::string& table : tables) {
    Rows rows;
    for (int i = 0; i < 12; ++i) {
      rows.emplace_back(absl::StrCat(number, "-", i, std::string(500, 'i')),
                        std::vector<float>{1, static_cast<float>(i)});
    }
    rows.emplace_back("all", std::vector<float>{1, 2});
    made.push_back(Indexed(MakeTable(table, Metric::kCosine, rows)));
  }
  return std::make_shared<const Version>("m", number, std::move(made));
}

TEST_F(VersionHandlersLabelsTest, ARefusalFitsIntoTheTrailingMetadata) {
  // Few of both, hundreds of pairs, hundreds of tables that are gone or new.
  const struct {
    int shared, lost, added;
  } kCases[] = {{1, 0, 0}, {12, 0, 0}, {1, 300, 0}, {1, 0, 300}, {2, 40, 40}};
  const auto name = [](absl::string_view what, int number) {
    std::string text = absl::StrCat(what, number);
    return text + std::string(128 - text.size(), 'n');
  };
  Seal(1);
  for (const auto& [shared, lost, added] : kCases) {
    std::vector<std::string> before;
    std::vector<std::string> after;
    for (int i = 0; i < shared; ++i) {
      before.push_back(name("s", i));
      after.push_back(before.back());
    }
    for (int i = 0; i < lost; ++i) before.push_back(name("l", i));
    for (int i = 0; i < added; ++i) after.push_back(name("a", i));
    Start();
    ASSERT_THAT(state_->catalog.Publish(Wide(8, before)), IsOk());
    ASSERT_THAT(state_->catalog.Publish(Wide(9, after), {}), IsOk());
    v1::SetLabelRequest request = Label("stable", 9);
    request.mutable_thresholds()->set_max_lost_share(0);
    request.mutable_thresholds()->set_max_p99_ratio(1e-6);
    request.mutable_thresholds()->set_max_memory_ratio(1e-6);
    v1::SetLabelResponse response;
    google::rpc::Status rpc;
    const absl::Status status = SetLabel(request, &response, &rpc);
    ASSERT_THAT(status, IsStatus(StatusCode::kFailedPrecondition));
    v1::ErrorDetail detail;
    ASSERT_TRUE(rpc.details(0).UnpackTo(&detail));
    EXPECT_EQ(detail.comparison_refused().comparison().after(), 9);
    const size_t bytes = status.message().size() +
                         absl::Base64Escape(rpc.SerializeAsString()).size() +
                         200;
    EXPECT_LT(bytes, 8000u) << shared << " " << lost << " " << added;
    state_.reset();
  }
}

}  // namespace
}  // namespace akin::server
