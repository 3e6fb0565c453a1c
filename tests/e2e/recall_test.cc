// The recall of a real server, measured while it is asked.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RecallE2eTest : public testing::Test {
 protected:
  void Serve(const std::string& cpu_share) {
    server_ = std::make_unique<TestServer>(std::vector<std::string>{
        "--load",
        "wiki/words=" AKIN_SOURCE_DIR
        "/deploy/samples/words.txt.gz,index=graph",
        "--recall-cpu-share", cpu_share, "--recall-target", "0.9"});
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
    auto client = client::Client::Connect(address_);
    ASSERT_THAT(client, IsOk());
    client_ = *std::move(client);
    v1::ListIdsRequest request;
    request.set_model("wiki");
    request.set_table("words");
    request.set_page_size(300);
    const auto listed = client_->ListIds(request);
    ASSERT_THAT(listed, IsOk());
    words_.assign(listed->ids().begin(), listed->ids().end());
    ASSERT_EQ(words_.size(), 300u);
  }

  // Asks for the neighbours of every word, one by one and as a batch.
  void AskAll() {
    v1::BatchSearchRequest batch;
    batch.set_model("wiki");
    batch.set_table("words");
    batch.mutable_options()->set_k(10);
    for (const std::string& word : words_) {
      v1::SearchRequest request;
      request.set_model("wiki");
      request.set_table("words");
      request.mutable_query()->mutable_id()->set_id(word);
      request.mutable_options()->set_k(10);
      ASSERT_THAT(client_->Search(request), IsOk());
      *batch.add_queries() = request.query();
    }
    ASSERT_THAT(client_->BatchSearch(batch), IsOk());
  }

  v1::GetRecallResponse GetRecall() {
    v1::GetRecallRequest request;
    request.set_model("wiki");
    auto response = client_->GetRecall(request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? *std::move(response) : v1::GetRecallResponse();
  }

  CliResult Akin(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--server", address_});
    return RunAkin(arguments);
  }

  std::unique_ptr<TestServer> server_;
  std::string address_;
  std::unique_ptr<client::Client> client_;
  std::vector<std::string> words_;
};

TEST_F(RecallE2eTest, IsMeasuredAndShown) {
  Serve("1");
  v1::GetRecallResponse response;
  for (int tries = 0; tries < 60; ++tries) {
    AskAll();
    response = GetRecall();
    ASSERT_EQ(response.tables_size(), 1);
    if (response.sampling().measured() >= 30) break;
    absl::SleepFor(absl::Milliseconds(100));
  }
  EXPECT_EQ(response.version(), 1);
  EXPECT_EQ(response.target(), 0.9);
  EXPECT_EQ(response.sampling().cpu_share(), 1);
  EXPECT_GE(response.sampling().measured(), 30u) << response.DebugString();
  EXPECT_GE(response.sampling().offered(), response.sampling().measured());
  const v1::TableRecall& table = response.tables(0);
  EXPECT_EQ(table.table(), "words");
  EXPECT_EQ(table.index(), v1::INDEX_KIND_GRAPH);
  EXPECT_FALSE(table.below_target());
  ASSERT_EQ(table.estimates_size(), 1) << response.DebugString();
  const v1::RecallEstimate& estimate = table.estimates(0);
  EXPECT_EQ(estimate.filter_share(), v1::FILTER_SHARE_NO_FILTER);
  EXPECT_FALSE(estimate.own_target());
  EXPECT_EQ(estimate.mean_k(), 10);
  EXPECT_GT(estimate.recall(), 0.8);
  EXPECT_LE(estimate.recall(), 1);
  EXPECT_LE(estimate.low(), estimate.recall());
  EXPECT_GE(estimate.high(), estimate.recall());

  CliResult shown = Akin({"recall", "wiki"});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output,
              AllOf(HasSubstr("wiki version 1, target 0.9\n"),
                    HasSubstr("words"), HasSubstr("Sampled of all models: ")));
  shown = Akin({"recall", "wiki", "--label", "stable", "--json"});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  v1::GetRecallResponse parsed;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(shown.output, &parsed).ok())
      << shown.output;
  EXPECT_GE(parsed.sampling().measured(), response.sampling().measured());
  EXPECT_THAT(
      Akin({"doctor"}).output,
      AllOf(HasSubstr("live recall of wiki"), HasSubstr("wiki/1/words finds "),
            HasSubstr("the target is 0.9, the effort ")));
}

TEST_F(RecallE2eTest, IsNotMeasuredWithoutAShare) {
  Serve("0");
  AskAll();
  const v1::GetRecallResponse response = GetRecall();
  EXPECT_EQ(response.sampling().offered(), 0u);
  EXPECT_EQ(response.tables(0).estimates_size(), 0);
  EXPECT_THAT(Akin({"recall", "wiki"}).output,
              HasSubstr("its recall_cpu_share is 0"));
  EXPECT_THAT(Akin({"doctor"}).output,
              HasSubstr("the server does not measure it; recall_cpu_share"));
  CliResult refused = Akin({"recall", "wikis"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("wikis"));
  refused = Akin({"recall", "wiki", "--version", "7"});
  EXPECT_EQ(refused.exit_code, 1);
}

}  // namespace
}  // namespace akin
