// Score, Explain and ListIds without a socket.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "server/call_deadline.h"
#include "server/handlers.h"
#include "tests/server/run_handler.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Config TestConfig() {
  Config config;
  config.set_threads(2);
  config.set_max_k(5);
  config.set_max_batch_queries(3);
  return config;
}

class AnalysisHandlersTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(state_.catalog.Publish(RoyalVersion(1)), IsOk());
    state_.phase = Phase::kServing;
  }

  template <class Request, class Response>
  absl::Status Call(Handler<Request, Response> handler, const Request& request,
                    Response* response) {
    return RunHandler(handler, &state_, request, response);
  }

  template <class Request>
  static Request Ask() {
    Request request;
    request.set_model("royal");
    request.set_table("words");
    return request;
  }

  ServerState state_{TestConfig()};
};

TEST_F(AnalysisHandlersTest, ScoresOfIdsOrOfQueries) {
  auto request = Ask<v1::ScoreRequest>();
  request.mutable_query()->mutable_id()->set_id("king");
  request.add_ids("queen");
  request.add_ids("nobody");
  v1::ScoreResponse response;
  ASSERT_THAT(Call(HandleScore, request, &response), IsOk());
  EXPECT_EQ(response.model(), "royal");
  EXPECT_EQ(response.version(), 1);
  ASSERT_EQ(response.scores_size(), 2);
  EXPECT_NEAR(response.scores(0), 0.5, 1e-6);
  EXPECT_TRUE(std::isnan(response.scores(1)));
  EXPECT_THAT(response.unknown_ids(), ElementsAre("nobody"));

  request.add_queries()->mutable_id()->set_id("man");
  EXPECT_THAT(Call(HandleScore, request, &response),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("got 2 ids and 1 queries")));
  request.clear_ids();
  v1::ScoreResponse of_queries;
  ASSERT_THAT(Call(HandleScore, request, &of_queries), IsOk());
  ASSERT_EQ(of_queries.scores_size(), 1);
  EXPECT_NEAR(of_queries.scores(0), std::sqrt(0.5), 1e-6);
  EXPECT_THAT(of_queries.unknown_ids(), IsEmpty());

  for (int i = 0; i < 3; ++i) request.add_queries();
  EXPECT_THAT(Call(HandleScore, request, &response),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("is 4, expected 1 to 3")));
}

TEST_F(AnalysisHandlersTest, ExplainsASearch) {
  v1::ExplainRequest request;
  *request.mutable_request() = Ask<v1::SearchRequest>();
  request.mutable_request()->mutable_query()->mutable_id()->set_id("king");
  request.mutable_request()->mutable_options()->set_k(1);
  request.set_id("queen");
  v1::ExplainResponse response;
  ASSERT_THAT(Call(HandleExplain, request, &response), IsOk());
  EXPECT_EQ(response.model(), "royal");
  EXPECT_EQ(response.version(), 1);
  EXPECT_NEAR(response.score(), 0.5, 1e-6);
  EXPECT_EQ(response.rank(), 4u);
  EXPECT_FALSE(response.found());
  EXPECT_THAT(response.obstacles(), ElementsAre(v1::OBSTACLE_RANK));
  EXPECT_FALSE(response.has_filter_matches());
  EXPECT_TRUE(response.stats().exact());
  EXPECT_THAT(response.detail(), HasSubstr("number 4 of 6 ids"));

  request.mutable_request()->mutable_options()->set_k(6);
  EXPECT_THAT(Call(HandleExplain, request, &response),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("k is 6, expected 1 to 5")));
  request.mutable_request()->mutable_options()->set_k(1);
  request.set_id("nobody");
  EXPECT_THAT(Call(HandleExplain, request, &response),
              IsStatus(StatusCode::kNotFound, HasSubstr("nobody")));
}

TEST_F(AnalysisHandlersTest, ListsIds) {
  auto request = Ask<v1::ListIdsRequest>();
  request.set_page_size(3);
  v1::ListIdsResponse response;
  ASSERT_THAT(Call(HandleListIds, request, &response), IsOk());
  EXPECT_EQ(response.version(), 1);
  EXPECT_THAT(response.ids(), ElementsAre("king", "queen", "man"));
  request.set_page_token(response.next_page_token());
  v1::ListIdsResponse next;
  ASSERT_THAT(Call(HandleListIds, request, &next), IsOk());
  EXPECT_THAT(next.ids(), ElementsAre("woman", "boy", "girl"));
  request.set_table("people");
  EXPECT_THAT(Call(HandleListIds, request, &next),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("page token")));

  request = Ask<v1::ListIdsRequest>();
  request.set_sample(2);
  v1::ListIdsResponse sample;
  ASSERT_THAT(Call(HandleListIds, request, &sample), IsOk());
  EXPECT_EQ(sample.ids_size(), 2);
  EXPECT_EQ(sample.next_page_token(), "");
  request.mutable_filter()->mutable_exists()->set_attribute("sex");
  EXPECT_THAT(
      Call(HandleListIds, request, &sample),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("no attributes")));
  request.set_table("nowhere");
  EXPECT_THAT(Call(HandleListIds, request, &sample),
              IsStatus(StatusCode::kNotFound, HasSubstr("nowhere")));
}

TEST_F(AnalysisHandlersTest, WithoutCaseAnswersNameIdsAsStored) {
  auto score = Ask<v1::ScoreRequest>();
  score.mutable_query()->mutable_id()->set_id("king");
  score.add_ids("QUEEN");
  score.add_ids("Nobody");
  v1::ScoreResponse exact;
  ASSERT_THAT(Call(HandleScore, score, &exact), IsOk());
  EXPECT_THAT(exact.unknown_ids(), ElementsAre("QUEEN", "Nobody"));
  EXPECT_THAT(exact.ids(), IsEmpty());
  score.set_fold_case(true);
  v1::ScoreResponse scores;
  ASSERT_THAT(Call(HandleScore, score, &scores), IsOk());
  ASSERT_EQ(scores.scores_size(), 2);
  EXPECT_NEAR(scores.scores(0), 0.5, 1e-6);
  EXPECT_THAT(scores.ids(), ElementsAre("queen", "Nobody"));
  EXPECT_THAT(scores.unknown_ids(), ElementsAre("Nobody"));

  v1::ExplainRequest explain;
  *explain.mutable_request() = Ask<v1::SearchRequest>();
  explain.mutable_request()->mutable_query()->mutable_id()->set_id("king");
  explain.mutable_request()->mutable_options()->set_k(1);
  explain.set_id("Man");
  v1::ExplainResponse explained;
  EXPECT_THAT(Call(HandleExplain, explain, &explained),
              IsStatus(StatusCode::kNotFound,
                       HasSubstr("\"Man\" does not exist in table "
                                 "royal/words; did you mean \"man\"?")));
  explain.set_fold_case(true);
  ASSERT_THAT(Call(HandleExplain, explain, &explained), IsOk());
  EXPECT_EQ(explained.id(), "man");
  EXPECT_TRUE(explained.found());

  auto get = Ask<v1::GetVectorsRequest>();
  get.add_ids("CROWN");
  v1::GetVectorsResponse vectors;
  EXPECT_THAT(Call(HandleGetVectors, get, &vectors),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"CROWN\"")));
  get.set_fold_case(true);
  ASSERT_THAT(Call(HandleGetVectors, get, &vectors), IsOk());
  ASSERT_EQ(vectors.vectors_size(), 1);
  EXPECT_EQ(vectors.vectors(0).id(), "crown");
  EXPECT_THAT(vectors.vectors(0).values(), ElementsAre(3, 0, 0));
}

}  // namespace
}  // namespace akin::server
