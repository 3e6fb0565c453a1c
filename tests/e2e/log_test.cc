// The log of a real server: what its lines look like, and what is in none.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "tests/e2e/fixture.h"

namespace akin {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr char kRequestId[] = "x-request-id";
constexpr char kTrace[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
// Stands in no line.
constexpr char kSecret[] = "8.6420753";

class LogE2eTest : public testing::Test {
 protected:
  void Start(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = RoyalLoads(dir_);
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<TestServer>(arguments);
    const std::string address = server_->WaitUntilServing();
    ASSERT_FALSE(address.empty()) << server_->process().errors();
    stub_ = v1::SearchService::NewStub(
        grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  }

  static v1::SearchRequest ByVector() {
    v1::SearchRequest request;
    request.set_model("royal");
    request.set_table("words");
    for (const float value : {8.6420753f, 1.0f, 2.0f}) {
      request.mutable_query()->mutable_vector()->mutable_floats()->add_values(
          value);
    }
    request.mutable_options()->set_k(2);
    return request;
  }

  // The id that comes back with the answer; "" if none does.
  std::string Search(const v1::SearchRequest& request, const std::string& id,
                     grpc::StatusCode expected) {
    grpc::ClientContext context;
    if (!id.empty()) context.AddMetadata(kRequestId, id);
    context.AddMetadata("traceparent", kTrace);
    context.AddMetadata("authorization", absl::StrCat("Bearer ", kSecret));
    v1::SearchResponse response;
    const grpc::Status status = stub_->Search(&context, request, &response);
    EXPECT_EQ(status.error_code(), expected) << status.error_message();
    const auto& trailing = context.GetServerTrailingMetadata();
    const auto found = trailing.find(kRequestId);
    if (found == trailing.end()) return "";
    return std::string(found->second.data(), found->second.size());
  }

  // Of the server that has ended: its lines.
  std::vector<std::string> End() {
    server_->process().Signal(SIGTERM);
    EXPECT_EQ(server_->process().Wait(), 0);
    return absl::StrSplit(server_->process().errors(), '\n', absl::SkipEmpty());
  }

  TempDir dir_;
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<v1::SearchService::Stub> stub_;
};

TEST_F(LogE2eTest, EveryLineOfJsonIsAnObject) {
  Start({"--log-format", "json", "--access-log-share", "1"});
  EXPECT_EQ(Search(ByVector(), "from-the-caller", grpc::OK), "from-the-caller");
  v1::SearchRequest request = ByVector();
  request.set_table("nor\"\nwords");
  EXPECT_EQ(Search(request, "", grpc::NOT_FOUND), "");

  std::vector<json> calls;
  std::vector<std::string> messages;
  for (const std::string& text : End()) {
    const json line = json::parse(text);  // throws where it is none
    EXPECT_THAT(line["time"].get<std::string>(),
                MatchesRegex("[0-9-]{10}T[0-9:]{8}\\.[0-9]{6}Z"));
    EXPECT_EQ(line["level"], "info") << text;
    EXPECT_FALSE(absl::StrContains(text, kSecret)) << text;
    messages.push_back(line["message"]);
    if (messages.back() == "call") calls.push_back(line);
  }
  EXPECT_THAT(messages, IsSupersetOf({HasSubstr("bound to 127.0.0.1:"),
                                      HasSubstr("draining: up to 10 s"),
                                      HasSubstr("stopped")}));
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0]["rpc"], "Search");
  EXPECT_EQ(calls[0]["status"], "OK");
  EXPECT_EQ(calls[0]["model"], "royal");
  EXPECT_EQ(calls[0]["version"], 1);
  EXPECT_TRUE(calls[0]["us"].is_number_integer());
  EXPECT_EQ(calls[0]["request_id"], "from-the-caller");
  EXPECT_EQ(calls[0]["traceparent"], kTrace);
  EXPECT_EQ(calls[1]["status"], "NOT_FOUND");
  EXPECT_THAT(calls[1]["request_id"].get<std::string>(),
              MatchesRegex("[0-9a-f]{16}"));
}

TEST_F(LogE2eTest, ARequestIdComesBackWithErrorsOrWhereItIsAskedFor) {
  Start({});
  EXPECT_EQ(Search(ByVector(), "mine", grpc::OK), "");
  v1::SearchRequest unknown = ByVector();
  unknown.set_table("none");
  EXPECT_EQ(Search(unknown, "mine", grpc::NOT_FOUND), "mine");
  EXPECT_EQ(Search(unknown, "two words", grpc::NOT_FOUND), "");
  End();
  Start({"--request-ids", "always"});
  EXPECT_EQ(Search(ByVector(), "mine", grpc::OK), "mine");
  EXPECT_EQ(Search(ByVector(), std::string(129, 'x'), grpc::OK), "");
}

TEST_F(LogE2eTest, SlowCallsAreSaidWhateverTheShare) {
  Start({"--slow-call-milliseconds", "0.0001"});
  Search(ByVector(), "mine", grpc::OK);
  ASSERT_TRUE(server_->process().WaitForError("request_id=mine"));
  EXPECT_THAT(server_->process().errors(),
              ContainsRegex(" warning slow call rpc=Search status=OK "
                            "model=royal table=words version=1 .*"
                            "request_id=mine traceparent=00-"));
}

TEST_F(LogE2eTest, OnlyWhatIsOfTheLevelIsLogged) {
  Start({"--log-level", "warning", "--access-log-share", "1"});
  Search(ByVector(), "mine", grpc::OK);
  EXPECT_TRUE(End().empty()) << server_->process().errors();
}

TEST_F(LogE2eTest, AStreamsQueriesHaveItsId) {
  Start({"--access-log-share", "1"});
  {
    grpc::ClientContext context;
    context.AddMetadata(kRequestId, "of-the-stream");
    const auto stream = stub_->StreamSearch(&context);
    v1::StreamSearchRequest query;
    *query.mutable_request() = ByVector();
    ASSERT_TRUE(stream->Write(query));
    v1::StreamSearchResponse answer;
    ASSERT_TRUE(stream->Read(&answer));
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    EXPECT_EQ(context.GetServerTrailingMetadata().count(kRequestId), 1u);
  }
  ASSERT_TRUE(server_->process().WaitForError("rpc=StreamSearch status=OK"));
  EXPECT_THAT(server_->process().errors(),
              AllOf(ContainsRegex("rpc=StreamSearch/query status=OK .*"
                                  "request_id=of-the-stream"),
                    Not(HasSubstr(kSecret))));
}

}  // namespace
}  // namespace akin
