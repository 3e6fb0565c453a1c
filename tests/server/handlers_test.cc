// The rpcs' logic without a socket; runs under TSan.

#include "server/handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "akin/v1/error.pb.h"
#include "server/error_detail.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

class HandlersTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(state_.catalog.Publish(RoyalVersion(1)), IsOk());
    state_.phase = Phase::kServing;
  }
  static v1::SearchRequest Request(const std::string& id) {
    v1::SearchRequest request;
    request.set_model("royal");
    request.set_table("words");
    request.mutable_query()->mutable_id()->set_id(id);
    request.mutable_options()->set_k(2);
    return request;
  }

  ServerState state_{2};
};

TEST_F(HandlersTest, SearchNamesTheVersionThatAnswered) {
  v1::SearchResponse response;
  ASSERT_THAT(HandleSearch(state_, Request("king"), &response), IsOk());
  EXPECT_EQ(response.model(), "royal");
  EXPECT_EQ(response.version(), 1);
  EXPECT_EQ(response.hits(0).id(), "man");
  EXPECT_FALSE(response.has_shortfall());
}

TEST_F(HandlersTest, WhileLoadingAnUnknownModelIsUnavailableNotUnknown) {
  v1::SearchRequest request = Request("king");
  request.set_model("later");
  v1::SearchResponse response;
  EXPECT_THAT(HandleSearch(state_, request, &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("later")));
  state_.phase = Phase::kLoading;
  EXPECT_THAT(HandleSearch(state_, request, &response),
              IsStatus(StatusCode::kUnavailable, HasSubstr("still loading")));
  EXPECT_THAT(HandleSearch(state_, Request("king"), &response), IsOk());
  // What is there is there: a wrong version of it will not come by waiting.
  request = Request("king");
  request.set_version(9);
  EXPECT_THAT(HandleSearch(state_, request, &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("version \"9\"")));
  v1::GetModelRequest model;
  model.set_model("later");
  v1::GetModelResponse described;
  EXPECT_THAT(HandleGetModel(state_, model, &described),
              IsStatus(StatusCode::kUnavailable, HasSubstr("still loading")));
}

TEST_F(HandlersTest, CountsAreHeldAgainstTheirCapsBeforeAnythingElse) {
  // The model does not exist: the cap is what is refused.
  v1::SearchRequest request = Request("king");
  request.set_model("nowhere");
  for (int i = 0; i < 20'000; ++i) {
    request.mutable_query()->mutable_combination()->add_plus();
  }
  v1::SearchResponse response;
  EXPECT_THAT(HandleSearch(state_, request, &response),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("terms")));
  v1::GetVectorsRequest get;
  get.set_model("nowhere");
  for (int i = 0; i < 20'000; ++i) get.add_ids("x");
  v1::GetVectorsResponse vectors;
  EXPECT_THAT(HandleGetVectors(state_, get, &vectors),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("20000")));
}

TEST_F(HandlersTest, BatchKeepsOrderAndNamesWhatCannotBeConverted) {
  v1::BatchSearchRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.mutable_options()->set_k(1);
  request.add_queries()->mutable_vector();
  request.add_queries()->mutable_id()->set_id("king");
  request.add_queries();
  v1::BatchSearchResponse response;
  ASSERT_THAT(HandleBatchSearch(&state_, request, &response), IsOk());
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_THAT(response.results(0).error().message(),
              HasSubstr("a vector is empty"));
  EXPECT_EQ(response.results(1).hits(0).id(), "man");
  EXPECT_THAT(response.results(2).error().message(),
              HasSubstr("the query is empty"));
}

TEST_F(HandlersTest, WhatNobodyWaitsForIsNotAnswered) {
  StopSignal cancelled;
  cancelled.Cancel();
  const StopSignal late(StopSignal::Clock::now());
  const StopSignal early(StopSignal::Clock::now() + std::chrono::hours(1));
  v1::SearchResponse response;
  EXPECT_THAT(HandleSearch(state_, Request("king"), &response, &cancelled),
              IsStatus(StatusCode::kCancelled, HasSubstr("words")));
  EXPECT_THAT(HandleSearch(state_, Request("king"), &response, &late),
              IsStatus(StatusCode::kDeadlineExceeded, HasSubstr("words")));
  EXPECT_THAT(HandleSearch(state_, Request("king"), &response, &early), IsOk());
  v1::BatchSearchRequest batch;
  batch.set_model("royal");
  batch.set_table("words");
  batch.mutable_options()->set_k(1);
  batch.add_queries()->mutable_id()->set_id("king");
  v1::BatchSearchResponse answers;
  EXPECT_THAT(HandleBatchSearch(&state_, batch, &answers, &cancelled),
              IsStatus(StatusCode::kCancelled, HasSubstr("words")));
  EXPECT_THAT(HandleBatchSearch(&state_, batch, &answers, &late),
              IsStatus(StatusCode::kDeadlineExceeded, HasSubstr("words")));
  EXPECT_THAT(HandleBatchSearch(&state_, batch, &answers, &early), IsOk());
}

TEST_F(HandlersTest, WhatTakesLongWasMeasuredToBeLong) {
  EXPECT_FALSE(MayTakeLong(state_, Request("king")));
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  auto words = std::make_unique<IndexedTable>(
      MakeTable("words", Metric::kCosine, RoyalRows()));
  words->mutable_report()->exact_microseconds = 5000;
  tables.push_back(std::move(words));
  ASSERT_THAT(state_.catalog.Publish(
                  std::make_shared<Version>("royal", 2, std::move(tables))),
              IsOk());
  EXPECT_TRUE(MayTakeLong(state_, Request("king")));
  // What will fail fails at once.
  v1::SearchRequest request = Request("king");
  request.set_table("nowhere");
  EXPECT_FALSE(MayTakeLong(state_, request));
  request.set_model("nowhere");
  EXPECT_FALSE(MayTakeLong(state_, request));
}

TEST_F(HandlersTest, ServerInfoFollowsThePhase) {
  for (const auto& [phase, state] :
       {std::pair{Phase::kLoading, v1::SERVER_STATE_LOADING},
        {Phase::kServing, v1::SERVER_STATE_SERVING},
        {Phase::kDraining, v1::SERVER_STATE_DRAINING}}) {
    state_.phase = phase;
    v1::GetServerInfoResponse info;
    ASSERT_THAT(HandleGetServerInfo(state_, {}, &info), IsOk());
    EXPECT_EQ(info.state(), state);
    EXPECT_EQ(info.threads(), 2u);
  }
}

TEST_F(HandlersTest, ModelsAreListedNewestFirst) {
  ASSERT_THAT(state_.catalog.Publish(RoyalVersion(2)), IsOk());
  v1::ListModelsResponse list;
  ASSERT_THAT(HandleListModels(state_, {}, &list), IsOk());
  ASSERT_EQ(list.models_size(), 1);
  EXPECT_EQ(list.models(0).versions(0).version(), 2);
  EXPECT_EQ(list.models(0).versions(0).labels(0), "stable");
  EXPECT_EQ(list.models(0).versions(1).labels_size(), 0);
}

TEST_F(HandlersTest, CallsFromManyThreadsWhileVersionsAppear) {
  std::atomic<bool> done{false};
  std::vector<std::thread> callers;
  callers.reserve(3);
  for (int t = 0; t < 3; ++t) {
    callers.emplace_back([&] {
      while (!done) {
        v1::SearchResponse response;
        EXPECT_THAT(HandleSearch(state_, Request("king"), &response), IsOk());
        v1::BatchSearchRequest batch;
        batch.set_model("royal");
        batch.set_table("words");
        batch.mutable_options()->set_k(1);
        for (int i = 0; i < 20; ++i) {
          batch.add_queries()->mutable_id()->set_id("queen");
        }
        v1::BatchSearchResponse answers;
        EXPECT_THAT(HandleBatchSearch(&state_, batch, &answers), IsOk());
        EXPECT_EQ(answers.results_size(), 20);
      }
    });
  }
  for (int64_t number = 2; number < 30; ++number) {
    EXPECT_THAT(state_.catalog.Publish(RoyalVersion(number)), IsOk());
  }
  done = true;
  for (std::thread& caller : callers) caller.join();
}

TEST(ToRpcStatus, KeepsCodeMessageAndDetail) {
  const auto plain = ToRpcStatus(absl::InvalidArgumentError("bad \xC3\xA9"));
  EXPECT_EQ(plain.code(), 3);
  EXPECT_EQ(plain.message(), "bad \xC3\xA9");
  EXPECT_EQ(plain.details_size(), 0);
}

}  // namespace
}  // namespace akin::server
