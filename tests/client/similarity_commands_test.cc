// similarity, doesnt-match, rank and closer-than, from the command line to the
// messages, and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/cli/failure.h"
#include "tests/client/version_commands_fixture.h"

namespace akin::client {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class SimilarityCommandsTest : public VersionCommandsTest {
 protected:
  SimilarityCommandsTest() {
    server_.stored_vectors = {{"king", {3, 0}},
                              {"queen", {0, 1}},
                              {"man", {2, 0}},
                              {"duke", {1, 0.1F}}};
  }
};

TEST_F(SimilarityCommandsTest, OfAPair) {
  Outcome outcome = Akin({"similarity", "m/t", "king", "duke"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_THAT(outcome.out,
              MatchesRegex("of +and +cosine\nking +duke +0\\.9950\n"));
  outcome = Akin(
      {"similarity", "m/t", "king", "queen", "--json", "--label", "canary"});
  EXPECT_EQ(server_.vectors_request.label(), "canary");
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["model"], "m");
  EXPECT_EQ(json["version"], "3");
  EXPECT_EQ(json["first"].dump(), "[\"king\"]");
  EXPECT_EQ(json["second"].dump(), "[\"queen\"]");
  EXPECT_EQ(json["similarity"], 0);
}

TEST_F(SimilarityCommandsTest, OfSets) {
  Outcome outcome =
      Akin({"similarity", "m/t", "king", "queen", "--and", "man"});
  EXPECT_THAT(outcome.out, HasSubstr("king, queen"));
  EXPECT_THAT(outcome.out, HasSubstr("0.9487")) << "3 of the root of 10";
  outcome =
      Akin({"similarity", "m/t", "king", "queen", "--and", "man", "--unit"});
  EXPECT_THAT(outcome.out, HasSubstr("0.7071"));
  outcome = Akin({"similarity", "m/t", "king", "--and", "queen", "--and", "man",
                  "--json"});
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["second"].dump(),
            "[\"queen\",\"man\"]");
}

TEST_F(SimilarityCommandsTest, NoUnknownIdHasASimilarity) {
  const Outcome outcome = Akin({"similarity", "m/t", "king", "kong"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "akin: no id kong\n");
}

TEST_F(SimilarityCommandsTest, TheLastDoesNotMatch) {
  Outcome outcome =
      Akin({"doesnt-match", "m/t", "queen", "king", "kong", "duke"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_THAT(outcome.out, MatchesRegex("id +cosine\n"
                                        "duke +0\\.9195\n"
                                        "king +0\\.8758\n"
                                        "queen +0\\.4827\n"
                                        "not there, left out: kong\n"));
  outcome =
      Akin({"doesnt-match", "m/t", "kong", "queen", "king", "duke", "--json"});
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["doesntMatch"], "queen");
  EXPECT_EQ(json["scores"].size(), 3);
  EXPECT_EQ(json["scores"][0]["id"], "duke");
  EXPECT_NEAR(json["scores"][1]["score"], 0.8758, 1e-4);
  EXPECT_EQ(json["unknownIds"].dump(), "[\"kong\"]");
  EXPECT_EQ(json["version"], "3");
}

TEST_F(SimilarityCommandsTest, NothingIsLeastLikeNothing) {
  EXPECT_EQ(Akin({"doesnt-match", "m/t", "kong", "kang"}).err,
            "akin: no id kang\n");
  server_.FailWith(absl::StatusCode::kNotFound, "no model m");
  EXPECT_EQ(Akin({"doesnt-match", "m/t", "king", "kong"}).err,
            "akin: no model m\n");
}

TEST_F(SimilarityCommandsTest, RankIsOfAnExactSearch) {
  server_.explain_response.set_rank(1234);
  server_.explain_response.set_score(0.5);
  Outcome outcome = Akin({"rank", "m/t", "king", "queen", "--version", "2"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_THAT(outcome.out, MatchesRegex("of +and +rank +score\n"
                                        "king +queen +1,234 +0\\.5000\n"));
  const v1::ExplainRequest& request = server_.explain_request;
  EXPECT_EQ(request.id(), "queen");
  EXPECT_EQ(request.request().query().id().id(), "king");
  EXPECT_EQ(request.request().version(), 2);
  EXPECT_TRUE(request.request().options().exact());
  outcome = Akin({"rank", "m/t", "king", "queen", "--json"});
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["rank"], "1234");
}

TEST_F(SimilarityCommandsTest, CloserAreAsManyAsTheRankSays) {
  server_.explain_response.set_rank(3);
  server_.explain_response.set_version(9);
  server_.search_response.add_hits()->set_id("man");
  server_.search_response.add_hits()->set_id("duke");
  Outcome outcome =
      Akin({"closer-than", "m/t", "king", "queen", "--label", "canary"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_THAT(outcome.out, MatchesRegex("id +score\nman .*\nduke .*\n"));
  EXPECT_EQ(server_.explain_request.request().label(), "canary");
  const v1::SearchRequest& request = server_.search_request;
  EXPECT_EQ(request.version(), 9) << "the one that gave the rank";
  EXPECT_EQ(request.query().id().id(), "king");
  EXPECT_EQ(request.options().k(), 2);
  EXPECT_TRUE(request.options().exact());

  outcome = Akin({"closer-than", "m/t", "king", "queen", "--most", "1"});
  EXPECT_EQ(server_.search_request.options().k(), 1);
  EXPECT_THAT(outcome.out,
              HasSubstr("2 ids are closer; the closest 1 are listed\n"));
  outcome =
      Akin({"closer-than", "m/t", "king", "queen", "--most", "1", "--json"});
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["hits"].size(), 2);
  EXPECT_THAT(outcome.err, HasSubstr("2 ids are closer"));
}

TEST_F(SimilarityCommandsTest, NoneMayBeCloser) {
  server_.explain_response.set_model("m");
  server_.explain_response.set_rank(1);
  server_.explain_response.set_version(9);
  EXPECT_EQ(Akin({"closer-than", "m/t", "king", "queen"}).out,
            "no id is closer to king than queen\n");
  const auto json = nlohmann::json::parse(
      Akin({"closer-than", "m/t", "king", "queen", "--json"}).out);
  EXPECT_EQ(json["hits"].dump(), "[]");
  EXPECT_EQ(json["version"], "9");
  EXPECT_FALSE(server_.search_request.has_query());
}

TEST_F(SimilarityCommandsTest, FailsAsTheServerDoes) {
  server_.FailWith(absl::StatusCode::kNotFound, "no id king");
  for (const char* command : {"rank", "closer-than"}) {
    const Outcome outcome = Akin({command, "m/t", "king", "queen"});
    EXPECT_EQ(outcome.code, kExitRefused);
    EXPECT_EQ(outcome.err, "akin: no id king\n");
  }
}

TEST_F(SimilarityCommandsTest, RefusesWhatMakesNoSense) {
  const auto expect_refused = [](std::vector<const char*> arguments,
                                 const char* sentence) {
    const Outcome outcome = Akin(std::move(arguments));
    EXPECT_EQ(outcome.code, kExitUsage) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr(sentence));
  };
  expect_refused({"similarity", "m/t", "king"}, "got 1 without --and");
  expect_refused({"similarity", "m/t", "a", "b", "c"}, "got 3 without --and");
  expect_refused({"similarity", "m/t", "a", "--and", ""}, "expected an id");
  expect_refused({"similarity", "m", "a", "b"}, "expected MODEL/TABLE");
  expect_refused({"doesnt-match", "m/t", "a"}, "at least two ids, got one");
  expect_refused({"doesnt-match", "m/t", "a", "\xff"}, "expected an id");
  expect_refused({"rank", "m/t", "a"}, "B is required");
  expect_refused({"rank", "m/t", "a", "a"},
                 "expected two ids, got \"a\" twice");
  expect_refused({"closer-than", "m/t", "a", ""}, "expected an id");
  expect_refused({"closer-than", "m/t", "a", "b", "--most", "0"}, "--most");
  EXPECT_FALSE(server_.explain_request.has_request());
}

}  // namespace
}  // namespace akin::client
