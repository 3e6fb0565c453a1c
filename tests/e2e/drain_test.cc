// A drain under load, seen from both sides.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "akin/v1/search_service.grpc.pb.h"
#include "server/server.h"
#include "server/server_state.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

TEST(Drain, LosesNoCallThatWasBegun) {
  server::Config config;
  config.set_threads(2);
  config.set_listen("127.0.0.1:0");
  server::ServerState state(config);
  ASSERT_THAT(state.catalog.Publish(RoyalVersion(1)), IsOk());
  state.phase = server::Phase::kServing;
  auto server = server::Server::Start(&state);
  ASSERT_THAT(server, IsOk());

  v1::SearchRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.mutable_query()->mutable_id()->set_id("king");
  request.mutable_options()->set_k(2);
  std::atomic<uint64_t> answered{0};
  std::vector<std::future<grpc::StatusCode>> callers;
  callers.reserve(8);
  for (int i = 0; i < 8; ++i) {
    callers.push_back(std::async(std::launch::async, [&] {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      const auto stub = v1::SearchService::NewStub(grpc::CreateCustomChannel(
          (*server)->address(), grpc::InsecureChannelCredentials(), arguments));
      for (;;) {
        grpc::ClientContext context;
        v1::SearchResponse response;
        const grpc::Status status = stub->Search(&context, request, &response);
        if (!status.ok()) return status.error_code();
        ++answered;
      }
    }));
  }
  while (answered < 1000) std::this_thread::yield();
  (*server)->Drain(absl::Seconds(10));
  for (auto& caller : callers) {
    // Nobody to connect to; or gRPC 1.51 took a call that it does not hand on
    // any more.
    EXPECT_THAT(caller.get(), testing::AnyOf(grpc::StatusCode::UNAVAILABLE,
                                             grpc::StatusCode::CANCELLED));
  }
  const server::RpcStats& searches = state.stats.of(server::Rpc::kSearch);
  EXPECT_EQ(searches.Count(absl::StatusCode::kOk), answered);
  EXPECT_EQ(searches.latency(server::Ending::kOk).count(), answered);
  for (const auto ending : {server::Ending::kRefused, server::Ending::kLate,
                            server::Ending::kError}) {
    EXPECT_EQ(searches.latency(ending).count(), 0u) << NameOf(ending);
  }
  EXPECT_EQ(state.stats.in_flight, 0);
}

}  // namespace
}  // namespace akin
