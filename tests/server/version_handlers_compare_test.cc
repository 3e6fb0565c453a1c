// CompareVersions and the canary without a socket; runs under TSan.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/server/version_rpc_fixture.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

using VersionHandlersCompareTest = VersionRpcFixture;

TEST_F(VersionHandlersCompareTest, TheVersionBeforeTheLatestIsNotTakenForIt) {
  for (const int64_t number : {1, 2}) Seal(number);
  Start();
  Seal(3);
  Damage(3);
  Look();
  v1::CompareVersionsRequest request;
  request.set_model("m");
  v1::CompareVersionsResponse response;
  EXPECT_THAT(Compare(request, &response),
              IsStatus(StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("version 3 of model m, the latest, is "
                                       "not loaded: "),
                             HasSubstr("/items.table: damaged"))));
  std::filesystem::remove_all(VersionFolder(repository_, "m", 3));
  Look();
  EXPECT_THAT(
      Compare(request, &response),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("both version 2")))
      << "it is stable, and the latest again";
}

TEST_F(VersionHandlersCompareTest, CompareVersionsChoosesAndRefuses) {
  Seal(1);
  Start();
  Seal(2);
  WriteLabels(R"({"labels": {"stable": {"version": 1}}})");
  Look();
  v1::CompareVersionsRequest request;
  request.set_model("m");
  v1::CompareVersionsResponse response;
  ASSERT_THAT(Compare(request, &response), IsOk());
  EXPECT_EQ(response.comparison().before(), 1) << "stable";
  EXPECT_EQ(response.comparison().after(), 2) << "the latest";
  request.mutable_before()->set_version(2);
  request.mutable_after()->set_label("stable");
  request.add_tables("items");
  request.mutable_thresholds()->set_min_overlap(1);
  response.Clear();
  ASSERT_THAT(Compare(request, &response), IsOk());
  EXPECT_EQ(response.comparison().before(), 2);
  EXPECT_EQ(response.comparison().after(), 1);
  EXPECT_EQ(response.comparison().tables_size(), 2);
  v1::SetLabelRequest remove;
  remove.set_model("m");
  remove.set_label("stable");
  remove.set_remove(true);
  remove.mutable_thresholds()->set_min_overlap(0.5);
  v1::SetLabelResponse removed;
  EXPECT_THAT(
      RunHandler(HandleSetLabel, state_.get(), remove, &removed),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("no thresholds")));

  const auto refused = [&](auto change, StatusCode code,
                           const std::string& sentence) {
    v1::CompareVersionsRequest changed = request;
    change(&changed);
    EXPECT_THAT(Compare(changed, &response),
                IsStatus(code, HasSubstr(sentence)));
  };
  const auto argument = StatusCode::kInvalidArgument;
  refused([](auto* r) { r->set_k(101); }, argument, "101");
  refused([](auto* r) { r->set_queries(10'001); }, argument, "10001");
  refused([](auto* r) { r->mutable_thresholds()->set_min_recall(-1); },
          argument, "min_recall");
  refused([](auto* r) { r->add_recorded()->set_query_table("users"); },
          argument, "recorded");
  const auto unknown = StatusCode::kNotFound;
  refused([](auto* r) { r->set_model("n"); }, unknown, "\"n\"");
  refused([](auto* r) { r->mutable_before()->set_version(3); }, unknown,
          "\"3\"");
  refused([](auto* r) { r->mutable_after()->set_label("none"); }, unknown,
          "\"none\"");
  refused([](auto* r) { r->add_tables("item"); }, unknown, "item");
  refused(
      [](auto* r) {
        r->add_recorded()->set_query_table("users");
        r->mutable_recorded(0)->add_ids("nobody");
      },
      unknown, "users");
}

TEST_F(VersionHandlersCompareTest, ARoutingKeyIsNotTooLong) {
  Seal(1);
  Start();
  v1::SearchRequest request;
  request.set_model("m");
  request.set_table("items");
  request.mutable_query()->mutable_id()->set_id("all");
  request.mutable_options()->set_k(5);
  request.set_routing_key(std::string(512, 'u'));
  v1::SearchResponse response;
  EXPECT_THAT(RunHandler(HandleSearch, state_.get(), request, &response),
              IsOk());
  request.set_routing_key(std::string(513, 'u'));
  EXPECT_THAT(RunHandler(HandleSearch, state_.get(), request, &response),
              IsStatus(StatusCode::kInvalidArgument,
                       "routing_key has 513 bytes, expected at most 512"));
  v1::GetVectorsRequest get;
  get.set_model("m");
  get.set_table("items");
  get.add_ids("all");
  get.set_routing_key(std::string(513, 'u'));
  v1::GetVectorsResponse vectors;
  EXPECT_THAT(RunHandler(HandleGetVectors, state_.get(), get, &vectors),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("513")));
}

TEST_F(VersionHandlersCompareTest, ACanaryAnswersItsShareAndIsAskedUnseen) {
  Seal(1);
  Start();
  Seal(2);
  WriteLabels(R"({"labels": {"stable": {"version": 1}}})");
  Look();
  v1::SetLabelRequest request = Label("canary", 2);
  request.set_share(0.3);
  request.set_shadow_share(1);
  v1::SetLabelResponse response;
  ASSERT_THAT(SetLabel(request, &response), IsOk());
  EXPECT_EQ(response.label().share(), 0.3);
  EXPECT_TRUE(response.label().has_shadow());
  int canary = 0;
  constexpr int kKeys = 400;
  for (int i = 0; i < kKeys; ++i) {
    const int64_t version = Answers(absl::StrCat("u", i));
    EXPECT_EQ(Answers(absl::StrCat("u", i)), version) << "always the same";
    if (version == 2) ++canary;
  }
  EXPECT_NEAR(canary, 0.3 * kKeys, 50);
  EXPECT_EQ(Answers(""), 1);
  const uint64_t offered = 2 * (kKeys - canary) + 1;
  const auto shadow_of = [&] {
    const v1::Model model = GetModel();
    EXPECT_EQ(model.labels(0).name(), "canary");
    return model.labels(0).shadow();
  };
  v1::ShadowResult shadow;
  do {
    shadow = shadow_of();
  } while (shadow.queries() + shadow.skipped() < offered);
  EXPECT_EQ(shadow.queries() + shadow.skipped(), offered);
  EXPECT_GT(shadow.queries(), 0u);
  EXPECT_EQ(shadow.failed(), 0u);
  EXPECT_EQ(shadow.overlap(), 0) << "the two have no neighbour in common";
  // What was found out of other versions says nothing of these.
  ASSERT_THAT(SetLabel(Label("canary", 1), &response), IsOk());
  EXPECT_EQ(shadow_of().queries(), 0u);
  EXPECT_EQ(shadow_of().skipped(), 0u);
}

}  // namespace
}  // namespace akin::server
