// Work for nobody ends: seen from inside, by the server's own counters.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "server/server.h"
#include "server/server_state.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

class CancellationTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::unique_ptr<const IndexedTable>> tables;
    tables.push_back(
        Indexed(MakeTable("t", Metric::kL2, RandomRows(50'000, 32, 1))));
    ASSERT_THAT(state_.catalog.Publish(
                    std::make_shared<Version>("big", 1, std::move(tables))),
                IsOk());
    auto server = server::Server::Start(&state_);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    state_.phase = server::Phase::kServing;
    stub_ = v1::SearchService::NewStub(grpc::CreateChannel(
        server_->address(), grpc::InsecureChannelCredentials()));
  }
  static server::Config Settings() {
    server::Config config;
    config.set_threads(1);
    config.set_listen("127.0.0.1:0");
    config.set_max_queue_milliseconds(60'000);
    config.set_queue_target_milliseconds(60'000);
    return config;
  }
  // Seconds of work.
  static v1::BatchSearchRequest Long() {
    v1::BatchSearchRequest request;
    request.set_model("big");
    request.set_table("t");
    request.mutable_options()->set_k(1000);
    request.mutable_options()->set_exact(true);
    for (int i = 0; i < 1'000; ++i) {
      request.add_queries()->mutable_id()->set_id(absl::StrCat("r", i));
    }
    return request;
  }
  // Calls, and cancels when `when` holds.
  template <class Condition>
  grpc::Status CallAndCancel(Condition when) {
    grpc::ClientContext context;
    std::thread canceller([&] {
      while (!when()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      context.TryCancel();
    });
    v1::BatchSearchResponse response;
    grpc::Status status = stub_->BatchSearch(&context, Long(), &response);
    canceller.join();
    return status;
  }
  void WaitUntilIdle() const {
    while (state_.stats.in_flight > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  server::ServerState state_{Settings()};
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<v1::SearchService::Stub> stub_;
};

TEST_F(CancellationTest, StopsTheSearchInItsMiddle) {
  const auto working = [&] { return state_.stats.begun > 0; };
  EXPECT_EQ(CallAndCancel(working).error_code(), grpc::StatusCode::CANCELLED);
  WaitUntilIdle();
  EXPECT_EQ(state_.stats.stopped, 1u);
  EXPECT_EQ(state_.stats.not_begun, 0u);
  // Some milliseconds; a machine that is busy with other tests takes longer.
  EXPECT_LT(state_.stats.longest_stop_ns, 2'000'000'000u);
}

TEST_F(CancellationTest, WhatWaitsIsNotBegun) {
  grpc::ClientContext first_context;
  std::thread first([&] {
    v1::BatchSearchResponse response;
    stub_->BatchSearch(&first_context, Long(), &response);
  });
  const auto queued = [&] { return state_.stats.in_flight == 2; };
  while (state_.stats.begun == 0) std::this_thread::yield();
  EXPECT_EQ(CallAndCancel(queued).error_code(), grpc::StatusCode::CANCELLED);
  first_context.TryCancel();
  first.join();
  WaitUntilIdle();
  EXPECT_EQ(state_.stats.begun, 1u);
  EXPECT_EQ(state_.stats.not_begun, 1u);
  EXPECT_EQ(state_.stats.stopped, 1u);
}

TEST_F(CancellationTest, AnExpiredCallIsNotBegun) {
  grpc::ClientContext first_context;
  std::thread first([&] {
    v1::BatchSearchResponse response;
    stub_->BatchSearch(&first_context, Long(), &response);
  });
  while (state_.stats.begun == 0) std::this_thread::yield();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(50));
  v1::BatchSearchResponse response;
  EXPECT_EQ(stub_->BatchSearch(&context, Long(), &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  first_context.TryCancel();
  first.join();
  WaitUntilIdle();
  EXPECT_EQ(state_.stats.begun, 1u);
  EXPECT_EQ(state_.stats.not_begun, 1u);
}

}  // namespace
}  // namespace akin
