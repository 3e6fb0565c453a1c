// eval-analogies and eval-similarity, from the command line to the messages,
// and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "client/cli/failure.h"
#include "tests/client/version_commands_fixture.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class EvaluationCommandsTest : public VersionCommandsTest {
 protected:
  void HasIds(const std::vector<std::string>& ids,
              const std::string& token = "") {
    v1::ListIdsResponse& page = server_.list_responses.emplace_back();
    page.set_version(7);
    page.mutable_ids()->Add(ids.begin(), ids.end());
    page.set_next_page_token(token);
  }

  // One more answer of a batch of one question.
  v1::BatchResult& Answers(const std::vector<std::string>& ids) {
    v1::BatchResult& result =
        *server_.batch_responses.emplace_back().add_results();
    for (const std::string& id : ids) result.add_hits()->set_id(id);
    return result;
  }

  Outcome Evaluate(const char* command, const std::string& text,
                   std::vector<const char*> flags = {}) {
    folder_.Write("questions", text);
    flags.insert(flags.begin(), {command, "m/t", path_.c_str()});
    return Akin(flags);
  }

  const TempDir folder_;
  const std::string path_ = folder_.Path("questions");
};

constexpr char kOneQuestion[] = ": s\nMan KING Woman QUEEN\n";

TEST_F(EvaluationCommandsTest, AsksTheFirstOfIdsThatDifferInCase) {
  HasIds({"king", "queen", "man", "woman", "King", "Queen"});
  // An input in another case is no answer.
  Answers({"King", "queen", "prince"});
  const Outcome outcome = Evaluate("eval-analogies",
                                   ": empty\n: royals\nMan KING Woman QUEEN\n"
                                   "man king woman prince\nthree words only\n");
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_THAT(outcome.out,
              MatchesRegex("section +correct +asked +accuracy +skipped\n"
                           "royals +1 +1 +100.00 % +1\n"
                           "all +1 +1 +100.00 % +1\n"
                           "1 line left out: not four words\n"));
  ASSERT_EQ(server_.batch_requests.size(), 1);
  const v1::BatchSearchRequest& request = server_.batch_requests[0];
  EXPECT_EQ(request.version(), 7);
  EXPECT_EQ(request.options().k(), 5);
  EXPECT_FALSE(request.options().exact());
  ASSERT_EQ(request.queries_size(), 1);
  const v1::Combination& terms = request.queries(0).combination();
  ASSERT_EQ(terms.plus_size(), 2);
  EXPECT_EQ(terms.plus(0).id().id(), "king");
  EXPECT_EQ(terms.plus(1).id().id(), "woman");
  ASSERT_EQ(terms.minus_size(), 1);
  EXPECT_EQ(terms.minus(0).id().id(), "man");
}

TEST_F(EvaluationCommandsTest, CaseMayMatter) {
  HasIds({"king", "queen", "man", "woman", "King"});
  Answers({"King", "queen"});
  const Outcome outcome = Evaluate(
      "eval-analogies", ": s\nman king woman queen\nMan king woman queen\n",
      {"--case-sensitive", "--exact", "--target-recall", "0.5", "--json"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["version"], "7");
  EXPECT_EQ(json["table"], "t");
  EXPECT_EQ(json["sections"][0]["section"], "s");
  EXPECT_EQ(json["sections"][0]["correct"], 0);
  EXPECT_EQ(json["total"]["asked"], 1);
  EXPECT_EQ(json["total"]["skipped"], 1);
  EXPECT_EQ(json["total"]["accuracy"], 0);
  EXPECT_EQ(json["malformedLines"], 0);
  EXPECT_TRUE(server_.batch_requests[0].options().exact());
  EXPECT_EQ(server_.batch_requests[0].options().target_recall(), 0.5F);
}

TEST_F(EvaluationCommandsTest, UnknownWordsMayCountAsWrong) {
  HasIds({"king", "queen", "man", "woman"});
  Answers({"queen"});
  const Outcome outcome = Evaluate(
      "eval-analogies", ": s\nman king woman queen\nman king woman empress\n",
      {"--dummy4unknown"});
  EXPECT_THAT(outcome.out, HasSubstr("unknown\n"));
  EXPECT_THAT(outcome.out, HasSubstr("50.00 %"));
}

TEST_F(EvaluationCommandsTest, NothingKnownIsNoAccuracy) {
  HasIds({"king"});
  EXPECT_THAT(Evaluate("eval-analogies", kOneQuestion).out,
              MatchesRegex("section .*\ns +0 +0 +- +1\nall +0 +0 +- +1\n"));
  EXPECT_TRUE(server_.batch_requests.empty());
  HasIds({"king"});
  const auto json = nlohmann::json::parse(
      Evaluate("eval-analogies", kOneQuestion, {"--json"}).out);
  EXPECT_TRUE(json["total"]["accuracy"].is_null());
}

TEST_F(EvaluationCommandsTest, LooksBehindWhatIsNotInTheVocabulary) {
  HasIds({"king", "queen", "man", "woman"}, "more");
  Answers(std::vector<std::string>(10, "outside"));
  std::vector<std::string> deeper(80, "outside");
  deeper[79] = "queen";
  Answers(deeper);
  const Outcome outcome = Evaluate("eval-analogies", kOneQuestion,
                                   {"--restrict-vocab", "4", "--json"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["total"]["correct"], 1);
  EXPECT_EQ(server_.list_requests[0].page_size(), 4);
  ASSERT_EQ(server_.batch_requests.size(), 2);
  EXPECT_EQ(server_.batch_requests[0].options().k(), 10);
  EXPECT_EQ(server_.batch_requests[1].options().k(), 80);
}

TEST_F(EvaluationCommandsTest, ScoresTheVocabularyWhenAllElseIsNearer) {
  HasIds({"king", "queen", "man", "woman", "boy"}, "more");
  for (const size_t k : {10, 80, 640, 5120, 10'000}) {
    Answers(std::vector<std::string>(k, "outside"));
  }
  for (const float score : {0.9F, 0.7F, 0.1F, 0.8F, 0.6F}) {
    server_.score_response.add_scores(score);
  }
  const Outcome outcome = Evaluate("eval-analogies", kOneQuestion,
                                   {"--restrict-vocab", "5", "--json"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["total"]["correct"], 1);
  EXPECT_EQ(server_.score_request.ids_size(), 5);
  EXPECT_EQ(server_.score_request.version(), 7);
  EXPECT_EQ(server_.score_request.query().combination().plus_size(), 2);
}

TEST_F(EvaluationCommandsTest, OneQuestionMayHaveNoAnswer) {
  HasIds({"king", "queen", "man", "woman"});
  Answers({}).mutable_error()->set_code(3);
  EXPECT_THAT(Evaluate("eval-analogies", kOneQuestion).out,
              HasSubstr(" 0.00 %"));
  HasIds({"king", "queen", "man", "woman"});
  google::rpc::Status& error = *Answers({}).mutable_error();
  error.set_code(13);
  error.set_message("broken");
  const Outcome outcome = Evaluate("eval-analogies", kOneQuestion);
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "akin: question \"Man KING Woman QUEEN\": broken\n");
}

TEST_F(EvaluationCommandsTest, ComparesPairsWithJudgements) {
  server_.stored_vectors = {
      {"a", {2, 0}}, {"b", {1, 1}}, {"c", {0, 3}}, {"d", {-1, 0}}};
  const char* pairs = "A\tb\t3\na\tc\t2\na\td\t1\na\tz\t9\n";
  HasIds({"a", "b", "c", "d"});
  Outcome outcome = Evaluate("eval-similarity", pairs);
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_THAT(outcome.out,
              MatchesRegex(" *pairs +Spearman +Pearson +skipped +of all\n"
                           " *3 +1.0000 +0.9951 +1 +25.00 %\n"));
  HasIds({"a", "b", "c", "d"});
  outcome = Evaluate("eval-similarity", pairs, {"--dummy4unknown", "--json"});
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["pairs"], 4);
  EXPECT_NEAR(json["spearman"], 3 / std::sqrt(22.5), 1e-9);
  EXPECT_EQ(json["unknown"], 1);
  EXPECT_EQ(json["unknownPercent"], 25);
  HasIds({"a", "b", "c", "d"});
  outcome = Evaluate("eval-similarity", pairs, {"--case-sensitive"});
  EXPECT_THAT(outcome.out, HasSubstr("50.00 %"));
}

TEST_F(EvaluationCommandsTest, OnePairCorrelatesWithNothing) {
  server_.stored_vectors = {{"a", {2, 0}}, {"b", {1, 1}}};
  HasIds({"a", "b"});
  EXPECT_THAT(Evaluate("eval-similarity", "a,b,1\n").out,
              HasSubstr("undefined"));
  HasIds({"a", "b"});
  const Outcome outcome = Evaluate("eval-similarity", "a,z,1\n");
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.err, HasSubstr("expected pairs of words of m/t"));
}

TEST_F(EvaluationCommandsTest, FailsAsTheServerDoes) {
  server_.FailWith(absl::StatusCode::kNotFound, "no table m/t");
  EXPECT_EQ(Evaluate("eval-analogies", kOneQuestion).err,
            "akin: no table m/t\n");
  EXPECT_EQ(Evaluate("eval-similarity", "a,b,1\n").err, "akin: no table m/t\n");
}

TEST_F(EvaluationCommandsTest, RefusesWhatMakesNoSense) {
  const auto expect_refused = [](const Outcome& outcome, const char* sentence) {
    EXPECT_EQ(outcome.code, kExitUsage) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(sentence));
  };
  expect_refused(Akin({"eval-analogies", "m/t"}), "FILE is required");
  expect_refused(Akin({"eval-analogies", "m/t", "/no/file"}),
                 "/no/file: cannot be read");
  expect_refused(Akin({"eval-similarity", "m/t", "/no/file"}),
                 "/no/file: cannot be read");
  expect_refused(Evaluate("eval-analogies", "a b c d\n"), "line 1");
  expect_refused(Evaluate("eval-similarity", "a b 1\n"), "got none");
  expect_refused(
      Evaluate("eval-analogies", kOneQuestion, {"--restrict-vocab", "0"}),
      "--restrict-vocab");
  expect_refused(
      Evaluate("eval-analogies", kOneQuestion, {"--target-recall", "2"}),
      "--target-recall");
  EXPECT_TRUE(server_.list_requests.empty());
}

}  // namespace
}  // namespace akin::client
