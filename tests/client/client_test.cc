#include "client/cpp/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "client/cpp/call_status.h"
#include "tests/client/fake_server.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::HasSubstr;

// Takes connections and never says a word.
class SilentListener {
 public:
  SilentListener() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, generic, size), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    EXPECT_EQ(getsockname(socket_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentListener() { close(socket_); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_;
  int port_ = 0;
};

std::unique_ptr<Client> Connected(const FakeServer& server,
                                  const ClientOptions& options = {}) {
  auto client = Client::Connect(server.address(), options);
  EXPECT_TRUE(client.ok()) << client.status();
  return client.ok() ? *std::move(client) : nullptr;
}

TEST(ClientTest, CarriesEveryRpc) {
  FakeServer server;
  server.search_response.add_hits()->set_id("queen");
  server.batch_response.add_results();
  server.vectors_response.add_vectors()->add_values(0.5);
  server.models_response.add_models()->set_name("glove");
  server.model_response.mutable_model()->set_name("glove");
  server.info_response.set_version("9.9");
  const auto client = Connected(server);

  v1::SearchRequest search;
  search.mutable_query()->mutable_id()->set_id("king");
  EXPECT_EQ(client->Search(search)->hits(0).id(), "queen");
  EXPECT_EQ(server.search_request.query().id().id(), "king");

  v1::BatchSearchRequest batch;
  batch.add_queries();
  EXPECT_EQ(client->BatchSearch(batch)->results_size(), 1);
  EXPECT_EQ(server.batch_request.queries_size(), 1);

  v1::GetVectorsRequest vectors;
  vectors.add_ids("king");
  EXPECT_EQ(client->GetVectors(vectors)->vectors(0).values(0), 0.5F);
  EXPECT_EQ(server.vectors_request.ids(0), "king");

  EXPECT_EQ(client->ListModels({})->models(0).name(), "glove");
  v1::GetModelRequest model;
  model.set_model("glove");
  EXPECT_EQ(client->GetModel(model)->model().name(), "glove");
  EXPECT_EQ(server.model_request.model(), "glove");
  EXPECT_EQ(client->GetServerInfo({})->version(), "9.9");
}

TEST(ClientTest, KeepsTheServersCodeSentenceAndDetail) {
  FakeServer server;
  v1::ErrorDetail detail;
  detail.mutable_unknown_name()->set_name("kingg");
  detail.mutable_unknown_name()->add_near("king");
  server.FailWith(absl::StatusCode::kNotFound, "no id kingg", detail);
  const auto response = Connected(server)->Search({});
  EXPECT_TRUE(absl::IsNotFound(response.status()));
  EXPECT_EQ(response.status().message(), "no id kingg");
  const auto received = GetErrorDetail(response.status());
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->unknown_name().near(0), "king");
  EXPECT_FALSE(IsUnreachable(response.status()));
}

TEST(ClientTest, AFailureWithoutADetailHasNone) {
  FakeServer server;
  server.FailWithRawDetails(absl::StatusCode::kInternal, "oh", "not a Status");
  const auto response = Connected(server)->ListModels({});
  EXPECT_EQ(response.status(), absl::InternalError("oh"));
  EXPECT_FALSE(GetErrorDetail(response.status()).has_value());
}

TEST(ClientTest, TellsAnUnavailableServerFromNone) {
  FakeServer server;
  server.FailWith(absl::StatusCode::kUnavailable, "loading");
  const auto refused = Connected(server)->Search({});
  EXPECT_TRUE(absl::IsUnavailable(refused.status()));
  EXPECT_FALSE(IsUnreachable(refused.status()));

  const absl::Time start = absl::Now();
  const auto none = Client::Connect("127.0.0.1:1");
  EXPECT_TRUE(absl::IsUnavailable(none.status()));
  EXPECT_TRUE(IsUnreachable(none.status()));
  EXPECT_THAT(none.status().message(), HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(none.status().message(), HasSubstr("Connection refused"));
  // A refused connection is not waited for.
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
}

TEST(ClientTest, GivesUpOnASilentServer) {
  const SilentListener listener;
  ClientOptions options;
  options.connect_timeout = absl::Milliseconds(200);
  const auto client = Client::Connect(listener.address(), options);
  EXPECT_TRUE(IsUnreachable(client.status()));
  EXPECT_THAT(client.status().message(), HasSubstr("within 200ms"));
}

TEST(ClientTest, AServerThatComesUpLaterIsFoundAtOnce) {
  const TempDir folder;
  const std::string address = "unix:" + folder.Path("socket");
  EXPECT_TRUE(IsUnreachable(Client::Connect(address).status()));
  const FakeServer server(address);
  EXPECT_TRUE(Client::Connect(address).ok());
}

TEST(ClientTest, ACallEndsAtItsDeadline) {
  FakeServer server;
  server.search_hangs = true;
  ClientOptions options;
  options.call_timeout = absl::Milliseconds(100);
  const auto response = Connected(server, options)->Search({});
  EXPECT_TRUE(absl::IsDeadlineExceeded(response.status()));
}

TEST(ClientTest, TakesAnswersOfSixteenMebibytesAndMore) {
  FakeServer server;
  server.vectors_response.add_vectors()->mutable_values()->Resize(5 << 20, 1);
  EXPECT_TRUE(Connected(server)->GetVectors({}).ok());

  ClientOptions options;
  options.max_receive_bytes = 1 << 20;
  const auto refused = Connected(server, options)->GetVectors({});
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status()));
}

TEST(ClientTest, ServesSeveralThreads) {
  FakeServer server;
  server.models_response.add_models();
  const auto client = Connected(server);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 50; ++call) {
        EXPECT_TRUE(client->ListModels({}).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(StatusOfTest, ReadsTheErrorOfOneQuery) {
  EXPECT_TRUE(StatusOf({}).ok());
  google::rpc::Status error;
  error.set_code(3);
  error.set_message("wrong dimension");
  v1::ErrorDetail detail;
  detail.mutable_dimension_mismatch()->set_expected(100);
  error.add_details()->PackFrom(detail);
  const absl::Status status = StatusOf(error);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(GetErrorDetail(status)->dimension_mismatch().expected(), 100);

  error.set_code(77);
  EXPECT_TRUE(absl::IsUnknown(StatusOf(error)));
}

}  // namespace
}  // namespace akin::client
