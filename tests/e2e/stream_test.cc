// StreamSearch over real connections: good ones, and callers that misbehave.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "akin/v1/catalog_service.grpc.pb.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "tests/e2e/fixture.h"

namespace akin {
namespace {

using ::testing::HasSubstr;
using Stream =
    grpc::ClientReaderWriter<v1::StreamSearchRequest, v1::StreamSearchResponse>;

class StreamTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = std::make_unique<TestServer>(RoyalLoads(dir_));
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
    stub_ = NewStub();
  }
  // Whatever a stream did, others are served, and nothing is left of it.
  void CheckServing() {
    EXPECT_EQ(RunAkin({"--server", address_, "search", "royal/words", "--id",
                       "king", "-k", "1"})
                  .exit_code,
              0);
    const auto catalog = v1::CatalogService::NewStub(NewChannel());
    v1::GetServerInfoResponse info;
    for (int i = 0; i < 1000; ++i) {
      grpc::ClientContext context;
      ASSERT_TRUE(catalog->GetServerInfo(&context, {}, &info).ok());
      if (info.calls_in_flight() == 1) return;  // this one
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << info.calls_in_flight() << " calls are still in flight";
  }
  std::shared_ptr<grpc::Channel> NewChannel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        address_, grpc::InsecureChannelCredentials(), arguments);
  }
  std::unique_ptr<v1::SearchService::Stub> NewStub() const {
    return v1::SearchService::NewStub(NewChannel());
  }
  static v1::StreamSearchRequest Message(uint64_t tag,
                                         const std::string& id = "king") {
    v1::StreamSearchRequest message;
    message.set_tag(tag);
    v1::SearchRequest* request = message.mutable_request();
    request->set_model("royal");
    request->set_table("words");
    request->mutable_query()->mutable_id()->set_id(id);
    request->mutable_options()->set_k(2);
    return message;
  }

  TempDir dir_;
  std::unique_ptr<TestServer> server_;
  std::string address_;
  std::unique_ptr<v1::SearchService::Stub> stub_;
};

TEST_F(StreamTest, AnswersWhileQueriesStillCome) {
  constexpr uint64_t kQueries = 2000;
  grpc::ClientContext context;
  const auto stream = stub_->StreamSearch(&context);
  std::thread writer([&] {
    for (uint64_t tag = 1; tag <= kQueries; ++tag) {
      ASSERT_TRUE(stream->Write(Message(tag, tag % 10 == 0 ? "kong" : "king")));
    }
    stream->WritesDone();
  });
  std::set<uint64_t> tags;
  int near = 0;  // of those that came while no other was looked for
  v1::StreamSearchResponse answer;
  while (stream->Read(&answer)) {
    EXPECT_TRUE(tags.insert(answer.tag()).second);
    if (answer.tag() % 10 == 0) {
      EXPECT_EQ(answer.error().code(), grpc::StatusCode::NOT_FOUND);
      const std::string& text = answer.error().message();
      EXPECT_THAT(text, HasSubstr("id \"kong\" does not exist"));
      near += absl::StrContains(text, "did you mean \"king\"") ? 1 : 0;
      EXPECT_EQ(answer.error().details_size(), 1);
    } else {
      EXPECT_EQ(answer.response().hits(0).id(), "man");
      EXPECT_EQ(answer.response().version(), 1);
    }
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(tags.size(), kQueries);
  EXPECT_GT(near, 0);
  CheckServing();
}

TEST_F(StreamTest, NothingAskedIsFine) {
  grpc::ClientContext context;
  const auto stream = stub_->StreamSearch(&context);
  stream->WritesDone();
  v1::StreamSearchResponse answer;
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
  CheckServing();
}

TEST_F(StreamTest, AnEmptyMessageIsAnErrorOfItsOwn) {
  grpc::ClientContext context;
  const auto stream = stub_->StreamSearch(&context);
  v1::StreamSearchRequest message;
  message.set_tag(7);
  stream->Write(message);
  stream->Write(Message(8));
  stream->WritesDone();
  v1::StreamSearchResponse answer;
  int errors = 0;
  int answers = 0;
  while (stream->Read(&answer)) {
    EXPECT_EQ(answer.has_error(), answer.tag() == 7);
    ++(answer.has_error() ? errors : answers);
  }
  EXPECT_EQ(errors, 1);
  EXPECT_EQ(answers, 1);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(StreamTest, ACallerThatNeverReadsIsReadNoFurther) {
  grpc::ClientContext context;
  const auto stream = stub_->StreamSearch(&context);
  // Answers of 64 kB: the windows fill, then the server stops reading, then
  // nothing more can be written.
  v1::StreamSearchRequest message = Message(1);
  message.mutable_request()->mutable_options()->set_return_vectors(true);
  message.mutable_request()->mutable_options()->set_k(10'000);
  std::atomic<uint64_t> written{0};
  std::thread writer([&] {
    while (written < 10'000'000 && stream->Write(message)) ++written;
  });
  uint64_t before = 0;
  do {
    before = written;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  } while (written > before);
  EXPECT_LT(written, 10'000'000u);
  EXPECT_EQ(RunAkin({"--server", address_, "search", "royal/words", "--id",
                     "king", "-k", "1"})
                .exit_code,
            0);
  context.TryCancel();
  writer.join();
  stream->Finish();
  CheckServing();
}

TEST_F(StreamTest, CancelledAndAbandonedStreamsLeaveNothing) {
  for (int i = 0; i < 30; ++i) {
    // A connection of its own, closed with the stream open.
    const auto stub = NewStub();
    grpc::ClientContext context;
    const auto stream = stub->StreamSearch(&context);
    for (uint64_t tag = 0; tag < 20; ++tag) stream->Write(Message(tag));
    if (i % 3 == 1) {
      v1::StreamSearchResponse answer;
      stream->Read(&answer);
    }
    context.TryCancel();
    if (i % 3 == 2) {
      v1::StreamSearchResponse answer;
      while (stream->Read(&answer)) {
      }
    }
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  CheckServing();
}

TEST_F(StreamTest, DrainIsToldAndLosesNoAnswer) {
  grpc::ClientContext context;
  const auto stream = stub_->StreamSearch(&context);
  std::atomic<bool> drained{false};
  uint64_t sent = 0;
  std::thread writer([&] {
    while (!drained && stream->Write(Message(sent + 1))) ++sent;
    stream->WritesDone();
  });
  uint64_t answers = 0;
  int notices = 0;
  v1::StreamSearchResponse answer;
  while (stream->Read(&answer)) {
    if (answer.has_drain()) {
      ++notices;
      drained = true;
      continue;
    }
    EXPECT_TRUE(answer.has_response());
    if (++answers == 100) server_->process().Signal(SIGTERM);
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_code() << ' '
                           << status.error_message();
  EXPECT_EQ(notices, 1);
  EXPECT_EQ(answers, sent);
  EXPECT_EQ(server_->process().Wait(), 0);
}

}  // namespace
}  // namespace akin
