#include "client/cpp/cancellation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "client/cpp/client.h"
#include "tests/client/fake_server.h"

namespace akin::client {
namespace {

TEST(Cancellation, EndsTheCallThatRunsAndAllLaterOnes) {
  FakeServer server;
  server.search_hangs = true;
  ClientOptions options;
  options.cancellation = std::make_shared<Cancellation>();
  const auto client = Client::Connect(server.address(), options);
  ASSERT_TRUE(client.ok()) << client.status();
  std::thread canceller([&] {
    while (!server.search_runs) absl::SleepFor(absl::Milliseconds(1));
    options.cancellation->Cancel();
  });
  const absl::Status running = (*client)->Search({}).status();
  canceller.join();
  EXPECT_TRUE(absl::IsCancelled(running)) << running;
  EXPECT_EQ(running.message(), "the call was cancelled");
  EXPECT_TRUE(absl::IsCancelled((*client)->ListModels({}).status()));
}

TEST(Cancellation, IsOfTheClientNotOfTheConnection) {
  FakeServer server;
  const auto client = Client::Connect(server.address());
  ASSERT_TRUE(client.ok()) << client.status();
  ClientOptions options;
  options.cancellation = std::make_shared<Cancellation>();
  const auto shared = (*client)->Share(options);
  EXPECT_TRUE(shared->ListModels({}).ok());
  options.cancellation->Cancel();
  EXPECT_TRUE(absl::IsCancelled(shared->ListModels({}).status()));
  EXPECT_TRUE((*client)->ListModels({}).ok());
  EXPECT_EQ(server.models_peers.size(), 1u);
}

}  // namespace
}  // namespace akin::client
