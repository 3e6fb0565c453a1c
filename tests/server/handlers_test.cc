// The rpcs' logic without a socket; runs under TSan.

#include "server/handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "akin/v1/error.pb.h"
#include "server/call_deadline.h"
#include "server/error_detail.h"
#include "server/overload.h"
#include "tests/server/run_handler.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Config TestConfig(uint32_t threads) {
  Config config;
  config.set_threads(threads);
  return config;
}

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

  template <class Request, class Response>
  absl::Status Call(Handler<Request, Response> handler, const Request& request,
                    Response* response, CallRecord* record) {
    return RunHandler(handler, &state_, request, response, record);
  }
  template <class Request, class Response>
  absl::Status Call(Handler<Request, Response> handler, const Request& request,
                    Response* response) {
    return RunHandler(handler, &state_, request, response);
  }
  absl::Status Search(const v1::SearchRequest& request,
                      v1::SearchResponse* response) {
    return Call(HandleSearch, request, response);
  }

  ServerState state_{TestConfig(2)};
};

TEST_F(HandlersTest, SearchNamesTheVersionThatAnswered) {
  v1::SearchResponse response;
  ASSERT_THAT(Search(Request("king"), &response), IsOk());
  EXPECT_EQ(response.model(), "royal");
  EXPECT_EQ(response.version(), 1);
  EXPECT_EQ(response.hits(0).id(), "man");
  EXPECT_FALSE(response.has_shortfall());
}

TEST_F(HandlersTest, WhileLoadingAnUnknownModelIsUnavailableNotUnknown) {
  v1::SearchRequest request = Request("king");
  request.set_model("later");
  v1::SearchResponse response;
  EXPECT_THAT(Search(request, &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("later")));
  state_.phase = Phase::kLoading;
  EXPECT_THAT(Search(request, &response),
              IsStatus(StatusCode::kUnavailable, HasSubstr("still loading")));
  EXPECT_THAT(Search(Request("king"), &response), IsOk());
  // What is there is there: a wrong version of it will not come by waiting.
  request = Request("king");
  request.set_version(9);
  EXPECT_THAT(Search(request, &response),
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
  EXPECT_THAT(Search(request, &response),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("terms")));
  v1::GetVectorsRequest get;
  get.set_model("nowhere");
  for (int i = 0; i < 20'000; ++i) get.add_ids("x");
  v1::GetVectorsResponse vectors;
  EXPECT_THAT(Call(HandleGetVectors, get, &vectors),
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
  ASSERT_THAT(Call(HandleBatchSearch, request, &response), IsOk());
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_THAT(response.results(0).error().message(),
              HasSubstr("a vector is empty"));
  EXPECT_EQ(response.results(1).hits(0).id(), "man");
  EXPECT_THAT(response.results(2).error().message(),
              HasSubstr("the query is empty"));
}

TEST_F(HandlersTest, WhatNobodyWaitsForIsNotBegun) {
  const v1::SearchRequest request = Request("king");
  v1::BatchSearchRequest batch;
  batch.set_model("royal");
  batch.set_table("words");
  batch.mutable_options()->set_k(1);
  batch.add_queries()->mutable_id()->set_id("king");
  v1::SearchResponse response;
  v1::BatchSearchResponse answers;
  for (const bool is_cancelled : {true, false}) {
    const auto code =
        is_cancelled ? StatusCode::kCancelled : StatusCode::kDeadlineExceeded;
    CallRecord record(Rpc::kSearch, DeadlineAfter(is_cancelled ? 60 : 0),
                      &state_.stats, &state_.access_log);
    if (is_cancelled) record.Cancel();
    EXPECT_THAT(Call(HandleSearch, request, &response, &record),
                IsStatus(code, HasSubstr("words")));
    EXPECT_THAT(Call(HandleBatchSearch, batch, &answers, &record),
                IsStatus(code, HasSubstr("words")));
  }
  EXPECT_EQ(state_.stats.not_begun, 4u);
  EXPECT_EQ(state_.stats.stopped, 0u);
}

// A table that is said to take `microseconds` a search.
std::shared_ptr<Version> SlowVersion(int64_t number, double microseconds) {
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  auto words = std::make_unique<IndexedTable>(
      MakeTable("words", Metric::kCosine, RoyalRows()));
  words->mutable_report()->exact_microseconds = microseconds;
  tables.push_back(std::move(words));
  return std::make_shared<Version>("royal", number, std::move(tables));
}

TEST_F(HandlersTest, WhatIsExpectedToTakeLongHopsToAWorker) {
  const auto thread_of = [&](const v1::SearchRequest& request) {
    v1::SearchResponse response;
    CallRecord record(Rpc::kSearch, DeadlineAfter(60), &state_.stats,
                      &state_.access_log);
    std::promise<std::thread::id> ended;
    HandleSearch(&state_, request, &response, &record,
                 [&](const absl::Status&) {
                   ended.set_value(std::this_thread::get_id());
                 });
    return ended.get_future().get();
  };
  EXPECT_EQ(thread_of(Request("king")), std::this_thread::get_id());
  ASSERT_THAT(state_.catalog.Publish(SlowVersion(2, 5000)), IsOk());
  EXPECT_NE(thread_of(Request("king")), std::this_thread::get_id());
  // What will fail fails at once.
  v1::SearchRequest request = Request("king");
  request.set_table("nowhere");
  EXPECT_EQ(thread_of(request), std::this_thread::get_id());
}

TEST_F(HandlersTest, TooMuchIsRefusedWithATimeToComeBack) {
  // Each is expected to take 10 s: two run, and no other can wait for 100 ms.
  ASSERT_THAT(state_.catalog.Publish(SlowVersion(2, 1e7)), IsOk());
  std::promise<void> gate;
  std::shared_future<void> open = gate.get_future().share();
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(state_.search_pool.Submit(
                    {.expected_us = 1e7,
                     .run = [open](const absl::Status&) { open.wait(); }}),
                IsOk());
  }
  std::vector<std::unique_ptr<v1::SearchResponse>> responses;
  std::vector<std::unique_ptr<CallRecord>> records;
  std::vector<absl::Status> refused;
  const v1::SearchRequest request = Request("king");
  std::atomic<int> ended{0};
  const std::thread::id here = std::this_thread::get_id();
  for (int i = 0; i < 8; ++i) {
    responses.push_back(std::make_unique<v1::SearchResponse>());
    records.push_back(std::make_unique<CallRecord>(
        Rpc::kSearch, DeadlineAfter(60), &state_.stats, &state_.access_log));
    HandleSearch(&state_, request, responses.back().get(), records.back().get(),
                 [&](const absl::Status& status) {
                   // Those that waited may be refused later, on a worker.
                   if (std::this_thread::get_id() == here) {
                     refused.push_back(status);
                   }
                   ++ended;
                 });
  }
  // Everyone may wait for twice as long as it takes itself, so a few do.
  EXPECT_EQ(refused.size(), static_cast<size_t>(ended));
  ASSERT_GE(refused.size(), 3u);
  EXPECT_THAT(refused[0], IsStatus(StatusCode::kResourceExhausted,
                                   HasSubstr("try again in")));
  v1::ErrorDetail detail;
  ASSERT_TRUE(ToRpcStatus(refused[0]).details(0).UnpackTo(&detail));
  EXPECT_GE(detail.overloaded().retry_after_milliseconds(), 10u);
  // The catalog does not wait for any of that.
  v1::GetServerInfoResponse info;
  EXPECT_THAT(HandleGetServerInfo(state_, {}, &info), IsOk());
  gate.set_value();
  while (ended < 8) std::this_thread::yield();
}

TEST_F(HandlersTest, ABlockOfVectorsIsABatch) {
  v1::BatchSearchRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.mutable_options()->set_k(2);
  const float vectors[] = {2, 2, 0, 0, 0, 0, 2, 0, 2};
  v1::VectorBlock* block = request.mutable_vectors();
  block->set_data(vectors, sizeof(vectors));
  block->set_dtype(v1::DTYPE_F32);
  block->set_dimension(3);
  v1::BatchSearchResponse response;
  ASSERT_THAT(Call(HandleBatchSearch, request, &response), IsOk());
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_EQ(response.results(0).hits(0).id(), "king");
  EXPECT_THAT(response.results(1).error().message(), HasSubstr("zero"));
  EXPECT_EQ(response.results(2).hits(0).id(), "queen");

  request.set_flat(true);
  v1::BatchSearchResponse flat;
  ASSERT_THAT(Call(HandleBatchSearch, request, &flat), IsOk());
  EXPECT_EQ(flat.results_size(), 0);
  EXPECT_THAT(flat.flat().hits(), ElementsAre(2, 0, 2));
  ASSERT_EQ(flat.flat().ids_size(), 4);
  EXPECT_EQ(flat.flat().ids(2), "queen");
  EXPECT_EQ(flat.flat().scores(2), response.results(2).hits(0).score());
  ASSERT_EQ(flat.flat().errors_size(), 1);
  EXPECT_EQ(flat.flat().errors(0).query(), 1u);
  EXPECT_TRUE(flat.flat().stats().exact());

  request.add_queries();
  EXPECT_THAT(Call(HandleBatchSearch, request, &response),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("one of them")));
}

TEST(Config, LowersWhatACallMayAskFor) {
  Config config = TestConfig(1);
  config.set_max_k(3);
  config.set_max_batch_queries(2);
  ServerState state(config);
  ASSERT_THAT(state.catalog.Publish(RoyalVersion(1)), IsOk());
  v1::SearchRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.mutable_query()->mutable_id()->set_id("king");
  CallRecord record(Rpc::kSearch, DeadlineAfter(60), &state.stats,
                    &state.access_log);
  for (const auto& [k, code] :
       {std::pair{3u, StatusCode::kOk}, {4u, StatusCode::kInvalidArgument}}) {
    request.mutable_options()->set_k(k);
    v1::SearchResponse response;
    HandleSearch(&state, request, &response, &record,
                 [&, want = code](const absl::Status& status) {
                   EXPECT_EQ(status.code(), want) << status;
                 });
  }
  v1::BatchSearchRequest batch;
  for (int i = 0; i < 3; ++i) batch.add_queries();
  v1::BatchSearchResponse answers;
  HandleBatchSearch(
      &state, batch, &answers, &record, [&](const absl::Status& status) {
        EXPECT_THAT(status, IsStatus(StatusCode::kInvalidArgument,
                                     HasSubstr("expected 1 to 2")));
      });
  v1::GetServerInfoResponse info;
  ASSERT_THAT(HandleGetServerInfo(state, {}, &info), IsOk());
  EXPECT_EQ(info.limits().max_k(), 3u);
  EXPECT_EQ(info.limits().max_batch_queries(), 2u);
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
        EXPECT_THAT(Search(Request("king"), &response), IsOk());
        v1::BatchSearchRequest batch;
        batch.set_model("royal");
        batch.set_table("words");
        batch.mutable_options()->set_k(1);
        for (int i = 0; i < 20; ++i) {
          batch.add_queries()->mutable_id()->set_id("queen");
        }
        v1::BatchSearchResponse answers;
        EXPECT_THAT(Call(HandleBatchSearch, batch, &answers), IsOk());
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
