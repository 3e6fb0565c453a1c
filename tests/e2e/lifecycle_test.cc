// From the command line to the exit code: load, health, drain.

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Health and reflection are standard services whose stubs Debian does not
// package: their few bytes are written and read by hand.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";
constexpr char kListServices[] = "\x3a\x01*";  // list_services: "*"

// One call of a method without a stub: one message out, any number back.
class RawCall {
 public:
  RawCall(const std::string& address, const std::string& method,
          const std::string& message)
      : stub_(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {
    context_.set_deadline(std::chrono::system_clock::now() +
                          std::chrono::seconds(60));
    call_ = stub_.PrepareCall(&context_, method, &queue_);
    call_->StartCall(nullptr);
    Next();
    const grpc::Slice slice(message);
    call_->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    Next();
    call_->WritesDone(nullptr);
    Next();
  }
  ~RawCall() {
    if (!ended_) {
      context_.TryCancel();
      End();
    }
  }

  // The bytes of the next message, or "error CODE" when the call has ended.
  std::string Read() {
    grpc::ByteBuffer answer;
    call_->Read(&answer, nullptr);
    if (!Next()) return End();
    grpc::Slice bytes;
    answer.DumpToSingleSlice(&bytes);
    return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
  }

 private:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }
  std::string End() {
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Next();
    ended_ = true;
    return absl::StrCat("error ", status.error_code());
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  bool ended_ = false;
};

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
}

std::string Health(const std::string& address,
                   const std::string& service = "") {
  std::string request;
  if (!service.empty()) {
    request = absl::StrCat(
        "\x0a", std::string(1, static_cast<char>(service.size())), service);
  }
  return RawCall(address, "/grpc.health.v1.Health/Check", request).Read();
}

// A file that takes a moment to load as a graph, and longer to search.
std::string BigFile(const TempDir& dir) {
  std::string text;
  for (const auto& [id, values] : RandomRows(20'000, 16, 1)) {
    absl::StrAppend(&text, id);
    for (const float value : values) absl::StrAppend(&text, " ", value);
    absl::StrAppend(&text, "\n");
  }
  return dir.Write("big.txt", text);
}

TEST(Lifecycle, IsNotServingUntilLoaded) {
  const TempDir dir;
  TestServer server({"--load", "big/t=" + BigFile(dir) + ",index=graph"});
  const std::string address = server.WaitUntilBound();
  ASSERT_FALSE(address.empty());
  EXPECT_EQ(Health(address), kNotServing);
  EXPECT_THAT(server.process().output(), IsEmpty());
  const auto loading =
      RunAkin({"--server", address, "search", "big/t", "--id", "r1"});
  EXPECT_EQ(loading.exit_code, 1);
  EXPECT_THAT(loading.errors, HasSubstr("still loading"));
  EXPECT_THAT(RunAkin({"--server", address, "info"}).output,
              HasSubstr("loading"));

  EXPECT_EQ(server.WaitUntilServing(), address);
  EXPECT_EQ(Health(address), kServing);
  EXPECT_EQ(Health(address, "akin.v1.SearchService"), kServing);
  EXPECT_EQ(Health(address, "akin.v1.CatalogService"), kServing);
  EXPECT_EQ(Health(address, "no.such.Service"), "error 5");
  EXPECT_THAT(RunAkin({"--server", address, "model", "big"}).output,
              HasSubstr("graph"));
}

TEST(Lifecycle, ReflectionListsTheServices) {
  const TempDir dir;
  TestServer server(RoyalLoads(dir));
  const std::string address = server.WaitUntilServing();
  EXPECT_THAT(
      RawCall(address,
              "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              kListServices)
          .Read(),
      AllOf(HasSubstr("akin.v1.SearchService"),
            HasSubstr("akin.v1.CatalogService"),
            HasSubstr("grpc.health.v1.Health")));
}

TEST(Lifecycle, DrainFinishesCallsInFlightAndExitsWithZero) {
  const TempDir dir;
  TestServer server({"--load", "big/t=" + BigFile(dir) + ",index=exact"});
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty());
  // Long enough to be in flight when the signal comes.
  v1::BatchSearchRequest request;
  request.set_model("big");
  request.set_table("t");
  request.mutable_options()->set_k(10);
  for (int i = 0; i < 5'000; ++i) {
    request.add_queries()->mutable_id()->set_id(absl::StrCat("r", i));
  }
  const auto channel = Connect(address);
  auto call = std::async(std::launch::async, [&] {
    grpc::ClientContext context;
    v1::BatchSearchResponse response;
    const grpc::Status status =
        v1::SearchService::NewStub(channel)->BatchSearch(&context, request,
                                                         &response);
    return std::pair(status.error_code(), response.results_size());
  });
  while (channel->GetState(true) != GRPC_CHANNEL_READY) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_EQ(call.wait_for(std::chrono::seconds(0)),
            std::future_status::timeout);
  server.process().Signal(SIGTERM);
  EXPECT_EQ(call.get(), std::pair(grpc::StatusCode::OK, 5'000));
  EXPECT_EQ(server.process().Wait(), 0);
  EXPECT_THAT(server.process().errors(),
              AllOf(HasSubstr("draining"), HasSubstr("stopped")));
  EXPECT_EQ(RunAkin({"--server", address, "info"}).exit_code, 3);
}

TEST(Lifecycle, DrainTellsHealthWatchersAndDoesNotWaitForThem) {
  const TempDir dir;
  std::vector<std::string> arguments = RoyalLoads(dir);
  arguments.insert(arguments.end(), {"--drain-seconds", "3000"});
  TestServer server(arguments);
  const std::string address = server.WaitUntilServing();
  RawCall watch(address, "/grpc.health.v1.Health/Watch", "");
  EXPECT_EQ(watch.Read(), kServing);
  server.process().Signal(SIGTERM);
  EXPECT_EQ(watch.Read(), kNotServing);
  EXPECT_THAT(watch.Read(), HasSubstr("error "));
  EXPECT_EQ(server.process().Wait(), 0);
}

TEST(Lifecycle, HealthIsAnsweredWhileLongBatchesRun) {
  const TempDir dir;
  TestServer server({"--load", "big/t=" + BigFile(dir) + ",index=exact",
                     "--threads", "2", "--max-queue-milliseconds", "60000",
                     "--queue-target-milliseconds", "60000"});
  const std::string address = server.WaitUntilServing();
  v1::BatchSearchRequest request;
  request.set_model("big");
  request.set_table("t");
  request.mutable_options()->set_k(10);
  // Six of them within a call's longest time.
  constexpr int kQueries = AKIN_SANITIZED ? 3'000 : 10'000;
  for (int i = 0; i < kQueries; ++i) {
    request.add_queries()->mutable_id()->set_id(absl::StrCat("r", i));
  }
  std::vector<std::future<bool>> calls;
  calls.reserve(6);
  for (int i = 0; i < 6; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      grpc::ClientContext context;
      v1::BatchSearchResponse response;
      return v1::SearchService::NewStub(Connect(address))
          ->BatchSearch(&context, request, &response)
          .ok();
    }));
  }
  // As many answers as it takes for the batches to end, but at least a few
  // while all of them are still running or waiting.
  const auto running = [&] {
    return std::count_if(calls.begin(), calls.end(), [](auto& call) {
      return call.wait_for(std::chrono::seconds(0)) ==
             std::future_status::timeout;
    });
  };
  int answered = 0;
  while (running() == 6 && answered < 20) {
    EXPECT_EQ(Health(address), kServing);
    ++answered;
  }
  EXPECT_GE(answered, 3);
  for (auto& call : calls) EXPECT_TRUE(call.get());
}

TEST(Lifecycle, StopsWhileAPipeKeepsItWaiting) {
  const TempDir dir;
  const std::string pipe = dir.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  TestServer server({"--load", "m/t=" + pipe});
  ASSERT_FALSE(server.WaitUntilBound().empty());
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().Wait(), 0);
}

TEST(Lifecycle, StopsWhileItLoads) {
  const TempDir dir;
  TestServer server({"--load", "big/t=" + BigFile(dir) + ",index=graph"});
  ASSERT_TRUE(server.process().WaitForError("building the graph"));
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().Wait(), 0);
  EXPECT_THAT(server.process().output(), IsEmpty());
}

TEST(Lifecycle, ALoadThatFailsSaysWhyAndExitsWithOne) {
  const TempDir dir;
  const std::string bad = dir.Write("bad.txt", "a 1 2\nb 1 x\n");
  TestServer server({"--load", "m/t=" + bad});
  EXPECT_EQ(server.process().Wait(), 1);
  EXPECT_THAT(server.process().errors(),
              AllOf(HasSubstr("table m/t: "), HasSubstr("bad.txt: 1 bad row"),
                    HasSubstr("line 2")));
  EXPECT_THAT(server.process().output(), IsEmpty());

  TestServer skipping({"--load", "m/t=" + bad, "--on-bad-row", "skip"});
  const std::string address = skipping.WaitUntilServing();
  EXPECT_THAT(RunAkin({"--server", address, "model", "m"}).output,
              HasSubstr("not a number"));
}

TEST(Lifecycle, BadUsageExitsWithTwo) {
  const auto errors = [](const std::vector<std::string>& arguments) {
    ChildProcess server(AKIN_BIN_DIR "/akin-server", arguments);
    EXPECT_EQ(server.Wait(), 2);
    EXPECT_THAT(server.output(), IsEmpty());
    return server.errors();
  };
  EXPECT_THAT(errors({}), HasSubstr("--load"));
  EXPECT_THAT(errors({"--load", "nonsense"}), HasSubstr("model/table=FILE"));
  EXPECT_THAT(errors({"--load", "m/t=f,metric=hamming"}),
              HasSubstr("expected cosine, dot or l2"));
  EXPECT_THAT(errors({"--load", "m/t=f", "--frobnicate"}),
              HasSubstr("frobnicate"));
  EXPECT_THAT(errors({"--load", "m/t=f", "--on-bad-row", "maybe"}),
              HasSubstr("maybe"));
}

TEST(Lifecycle, ATakenPortIsRefused) {
  const TempDir dir;
  TestServer first(RoyalLoads(dir));
  const std::string address = first.WaitUntilServing();
  std::vector<std::string> arguments = RoyalLoads(dir);
  arguments.insert(arguments.end(), {"--listen", address});
  ChildProcess second(AKIN_BIN_DIR "/akin-server", arguments);
  EXPECT_EQ(second.Wait(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("cannot listen on " + address));
}

TEST(Lifecycle, HelpAndVersionExitWithZero) {
  for (const char* flag : {"--help", "--version"}) {
    ChildProcess server(AKIN_BIN_DIR "/akin-server", {flag});
    EXPECT_EQ(server.Wait(), 0);
    EXPECT_THAT(server.output(), HasSubstr("akin-server"));
  }
}

}  // namespace
}  // namespace akin
