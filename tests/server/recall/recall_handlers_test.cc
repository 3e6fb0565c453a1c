// GetRecall, and what Search and BatchSearch offer; no socket.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/call_deadline.h"
#include "server/handlers.h"
#include "tests/server/recall/graph_version.h"
#include "tests/server/run_handler.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

Config TestConfig() {
  Config config;
  config.set_threads(2);
  config.set_recall_cpu_share(1);
  config.set_recall_target(0.95);
  return config;
}

class RecallHandlersTest : public testing::Test {
 protected:
  static constexpr int kQueries = 40;

  void SetUp() override {
    data_ = ClusteredRowsAndQueries(2000, kQueries, 32, 7, 20);
    ASSERT_THAT(state_.catalog.Publish(GraphVersion(5, data_.rows, 32)),
                IsOk());
    ASSERT_THAT(state_.catalog.Publish(RoyalVersion(1)), IsOk());
    state_.phase = Phase::kServing;
  }

  template <class Request, class Response>
  absl::Status Call(Handler<Request, Response> handler, const Request& request,
                    Response* response) {
    return RunHandler(handler, &state_, request, response);
  }

  v1::GetRecallResponse GetRecall(const std::string& model) {
    v1::GetRecallRequest request;
    request.set_model(model);
    v1::GetRecallResponse response;
    EXPECT_THAT(HandleGetRecall(state_, request, &response), IsOk());
    return response;
  }

  // Calls until a sample was taken, which is left to chance once some were, and
  // waits until it was measured. Ends by the test's time limit.
  template <class Request, class Response>
  void CallUntilSampled(void (*handler)(ServerState*, const Request&, Response*,
                                        CallRecord*, const Done&),
                        const Request& request) {
    const uint64_t before = state_.recall.Report().taken;
    Response response;
    while (state_.recall.Report().taken == before) {
      ASSERT_THAT(Call(handler, request, &response), IsOk());
    }
    RecallReport report = state_.recall.Report();
    while (report.measured + report.failed < report.taken) {
      absl::SleepFor(absl::Milliseconds(1));
      report = state_.recall.Report();
    }
    EXPECT_EQ(report.failed, 0u);
  }

  RowsAndQueries data_;
  ServerState state_{TestConfig()};
};

TEST_F(RecallHandlersTest, SearchesAreSampled) {
  v1::SearchRequest request;
  request.set_model("m");
  request.set_table("t");
  request.mutable_options()->set_k(10);
  for (const float own_target : {0.0f, 0.9f}) {
    if (own_target > 0) {
      request.mutable_options()->set_target_recall(own_target);
    }
    const auto& vector = data_.queries[0];
    auto* values = request.mutable_query()->mutable_vector()->mutable_floats();
    values->mutable_values()->Assign(vector.begin(), vector.end());
    CallUntilSampled(HandleSearch, request);
  }
  const v1::GetRecallResponse response = GetRecall("m");
  EXPECT_EQ(response.model(), "m");
  EXPECT_EQ(response.version(), 5);
  EXPECT_EQ(response.target(), 0.95);
  ASSERT_EQ(response.tables_size(), 1);
  EXPECT_EQ(response.tables(0).table(), "t");
  EXPECT_EQ(response.tables(0).index(), v1::INDEX_KIND_GRAPH);
  ASSERT_EQ(response.tables(0).estimates_size(), 2);
  EXPECT_FALSE(response.tables(0).estimates(0).own_target());
  EXPECT_TRUE(response.tables(0).estimates(1).own_target());
}

TEST_F(RecallHandlersTest, QueriesOfBatchesAreSampled) {
  v1::BatchSearchRequest queries;
  queries.set_model("m");
  queries.set_table("t");
  queries.mutable_options()->set_k(10);
  v1::BatchSearchRequest block = queries;
  std::string bytes;
  for (const std::vector<float>& vector : data_.queries) {
    auto* values = queries.add_queries()->mutable_vector()->mutable_floats();
    values->mutable_values()->Assign(vector.begin(), vector.end());
    bytes.append(reinterpret_cast<const char*>(vector.data()),
                 vector.size() * sizeof(float));
  }
  block.mutable_vectors()->set_data(bytes);
  block.mutable_vectors()->set_dtype(v1::DTYPE_F32);
  block.mutable_vectors()->set_dimension(32);
  CallUntilSampled(HandleBatchSearch, queries);
  CallUntilSampled(HandleBatchSearch, block);
  const v1::GetRecallResponse response = GetRecall("m");
  EXPECT_EQ(response.tables(0).estimates_size(), 1);
  EXPECT_GT(response.tables(0).estimates(0).recall(), 0.8);
}

TEST_F(RecallHandlersTest, ExactTablesHaveNoEstimates) {
  v1::SearchRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.mutable_query()->mutable_id()->set_id("king");
  request.mutable_options()->set_k(2);
  v1::SearchResponse found;
  ASSERT_THAT(Call(HandleSearch, request, &found), IsOk());
  const v1::GetRecallResponse response = GetRecall("royal");
  EXPECT_EQ(response.sampling().offered(), 0u);
  ASSERT_EQ(response.tables_size(), 2);
  for (const v1::TableRecall& table : response.tables()) {
    EXPECT_EQ(table.index(), v1::INDEX_KIND_EXACT);
    EXPECT_EQ(table.estimates_size(), 0);
    EXPECT_EQ(table.effort_factor(), 1);
  }
}

TEST_F(RecallHandlersTest, NamesWhatIsNotThere) {
  v1::GetRecallRequest request;
  v1::GetRecallResponse response;
  request.set_model("royals");
  EXPECT_THAT(HandleGetRecall(state_, request, &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("royal")));
  request.set_model("m");
  request.set_version(9);
  EXPECT_THAT(HandleGetRecall(state_, request, &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("9")));
  request.set_label("canary");
  EXPECT_THAT(HandleGetRecall(state_, request, &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("canary")));
}

}  // namespace
}  // namespace akin::server
