// What a server allows: said, settable, and held to.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "akin/v1/catalog_service.grpc.pb.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "tests/e2e/fixture.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using grpc::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

class LimitsTest : public testing::Test {
 protected:
  // A server with the royal tables and `more` arguments.
  void Start(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = RoyalLoads(dir_);
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<TestServer>(arguments);
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
    channel_ =
        grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
    stub_ = v1::SearchService::NewStub(channel_);
  }
  static v1::SearchRequest Request() {
    v1::SearchRequest request;
    request.set_model("royal");
    request.set_table("words");
    request.mutable_query()->mutable_id()->set_id("king");
    request.mutable_options()->set_k(2);
    return request;
  }
  grpc::Status Search(const v1::SearchRequest& request,
                      grpc::ClientContext* context) {
    v1::SearchResponse response;
    return stub_->Search(context, request, &response);
  }
  grpc::Status Search(const v1::SearchRequest& request) {
    grpc::ClientContext context;
    return Search(request, &context);
  }
  // Exact searches that take a minute together.
  v1::BatchSearchRequest LongBatch() {
    v1::BatchSearchRequest request;
    request.set_model("big");
    request.set_table("t");
    request.mutable_options()->set_k(10);
    request.mutable_options()->set_exact(true);
    for (int i = 0; i < 10'000; ++i) {
      request.add_queries()->mutable_id()->set_id(absl::StrCat("r", i));
    }
    return request;
  }
  std::string BigLoad() {
    std::string text;
    for (const auto& [id, values] : RandomRows(50'000, 32, 1)) {
      absl::StrAppend(&text, id);
      for (const float value : values) absl::StrAppend(&text, " ", value);
      absl::StrAppend(&text, "\n");
    }
    return "big/t=" + dir_.Write("big.txt", text) + ",index=exact";
  }

  TempDir dir_;
  std::unique_ptr<TestServer> server_;
  std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::SearchService::Stub> stub_;
};

TEST_F(LimitsTest, AreSaidAndHeldTo) {
  const std::string file = dir_.Write(
      "akin.textproto", "max_k: 5\nmax_deadline_seconds: 7\nthreads: 3\n");
  Start({"--config", file, "--max-batch-queries", "2", "--max-message-bytes",
         "65536"});
  grpc::ClientContext context;
  v1::GetServerInfoResponse info;
  ASSERT_TRUE(v1::CatalogService::NewStub(channel_)
                  ->GetServerInfo(&context, {}, &info)
                  .ok());
  EXPECT_EQ(info.threads(), 3u);
  EXPECT_EQ(info.limits().max_k(), 5u);
  EXPECT_EQ(info.limits().max_batch_queries(), 2u);
  EXPECT_EQ(info.limits().max_message_bytes(), 65'536u);
  EXPECT_EQ(info.limits().max_deadline_seconds(), 7);
  EXPECT_EQ(info.limits().max_streams_per_connection(), 100u);
  EXPECT_GT(info.limits().memory_quota_bytes(), 0u);

  v1::SearchRequest request = Request();
  request.mutable_options()->set_k(6);
  const grpc::Status status = Search(request);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("k is 6, expected 1 to 5"));

  request = Request();
  request.mutable_query()->mutable_vector()->mutable_packed()->set_data(
      std::string(70'000, 'x'));
  EXPECT_EQ(Search(request).error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Search(Request()).ok());
}

TEST_F(LimitsTest, CallsBeyondTheStreamsOfAConnectionWait) {
  Start({"--max-streams-per-connection", "2"});
  std::vector<std::future<bool>> calls;
  calls.reserve(20);
  for (int i = 0; i < 20; ++i) {
    calls.push_back(
        std::async(std::launch::async, [&] { return Search(Request()).ok(); }));
  }
  for (auto& call : calls) EXPECT_TRUE(call.get());
}

TEST_F(LimitsTest, NoCallGoesOnForLongerThanTheServerAllows) {
  Start({"--load", BigLoad(), "--max-deadline-seconds", "0.1"});
  grpc::ClientContext context;  // would wait for ever
  v1::BatchSearchResponse response;
  const grpc::Status status =
      stub_->BatchSearch(&context, LongBatch(), &response);
  EXPECT_EQ(status.error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(status.error_message(), HasSubstr("deadline"));
}

TEST_F(LimitsTest, TooMuchIsRefusedAndHealthIsNot) {
  Start({"--load", BigLoad(), "--threads", "1", "--max-queue-milliseconds", "5",
         "--queue-target-milliseconds", "1", "--inline-microseconds", "0"});
  // Long batches keep the worker; a few short calls may wait, no more.
  std::atomic<bool> done{false};
  std::thread batches([&] {
    while (!done) {
      grpc::ClientContext context;
      v1::BatchSearchResponse response;
      stub_->BatchSearch(&context, LongBatch(), &response);
    }
  });
  grpc::Status refused;
  for (int i = 0; i < 1000 && refused.ok(); ++i) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::milliseconds(100));
    v1::SearchRequest request = Request();
    request.set_model("big");
    request.set_table("t");
    request.mutable_query()->mutable_id()->set_id("r1");
    const grpc::Status status = Search(request, &context);
    if (status.error_code() == StatusCode::RESOURCE_EXHAUSTED) {
      refused = status;
      EXPECT_EQ(
          context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"),
          1u);
    }
  }
  EXPECT_EQ(refused.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("try again in"));
  EXPECT_EQ(RunAkin({"--server", address_, "info"}).exit_code, 0);
  done = true;
  batches.join();
}

TEST_F(LimitsTest, BadSettingsSayTheLine) {
  const std::string file =
      dir_.Write("akin.textproto", "max_k: 5\nmax_kk: 6\n");
  ChildProcess server(AKIN_BIN_DIR "/akin-server", {"--config", file});
  EXPECT_EQ(server.Wait(), 2);
  EXPECT_THAT(server.errors(),
              AllOf(HasSubstr("akin.textproto:2"), HasSubstr("max_kk"),
                    HasSubstr("did you mean \"max_k\"?")));
}

TEST_F(LimitsTest, PrintConfigIsAConfig) {
  ChildProcess first(AKIN_BIN_DIR "/akin-server",
                     {"--load", "a/b=c", "--max-k", "7", "--print-config"});
  EXPECT_EQ(first.Wait(), 0);
  EXPECT_THAT(first.output(), HasSubstr("max_k: 7\n"));
  const std::string file = dir_.Write("printed.textproto", first.output());
  ChildProcess second(AKIN_BIN_DIR "/akin-server",
                      {"--config", file, "--print-config"});
  EXPECT_EQ(second.Wait(), 0);
  EXPECT_EQ(second.output(), first.output());
}

TEST_F(LimitsTest, TheAccessLogTakesItsShareWithTheCallersTrace) {
  Start({"--access-log-share", "1"});
  const std::string trace =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  grpc::ClientContext context;
  context.AddMetadata("traceparent", trace);
  EXPECT_TRUE(Search(Request(), &context).ok());
  ASSERT_TRUE(server_->process().WaitForError("traceparent=" + trace));
  EXPECT_THAT(server_->process().errors(),
              AllOf(HasSubstr("call rpc=Search status=OK model=royal "
                              "table=words version=1 queries=1 distances="),
                    testing::Not(HasSubstr("king"))));
}

}  // namespace
}  // namespace akin
