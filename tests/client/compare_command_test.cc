// compare, from the command line to the message, and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/failure.h"
#include "tests/client/version_commands_fixture.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using CompareCommandTest = VersionCommandsTest;

TEST_F(CompareCommandTest, CompareSendsWhatWasSaid) {
  const TempDir folder;
  const std::string path = folder.Write("asked", "u1\r\n\nu 2\n");
  const std::string asked = "users=" + path;
  const Outcome outcome = Akin({"compare",
                                "movies",
                                "--before",
                                "6",
                                "--after",
                                "canary",
                                "--table",
                                "items",
                                "--table",
                                "users",
                                "-k",
                                "5",
                                "--queries",
                                "100",
                                "--ids",
                                asked.c_str(),
                                "--min-rbo",
                                "0.5",
                                "--max-lost",
                                "0.1",
                                "--max-score-drift",
                                "1",
                                "--max-norm-ratio",
                                "3"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  const v1::CompareVersionsRequest& request = server_.compare_request;
  EXPECT_EQ(request.model(), "movies");
  EXPECT_EQ(request.before().version(), 6);
  EXPECT_EQ(request.after().label(), "canary");
  EXPECT_THAT(request.tables(), ElementsAre("items", "users"));
  EXPECT_EQ(request.k(), 5u);
  EXPECT_EQ(request.queries(), 100u);
  ASSERT_EQ(request.recorded_size(), 1);
  EXPECT_EQ(request.recorded(0).query_table(), "users");
  EXPECT_THAT(request.recorded(0).ids(), ElementsAre("u1", "u 2"));
  EXPECT_EQ(request.thresholds().min_rank_biased_overlap(), 0.5);
  EXPECT_EQ(request.thresholds().max_lost_share(), 0.1);
  EXPECT_EQ(request.thresholds().max_score_drift(), 1);
  EXPECT_EQ(request.thresholds().max_norm_ratio(), 3);
  EXPECT_EQ(Akin({"compare", "movies"}).code, kExitAnswered);
  EXPECT_FALSE(server_.compare_request.has_before());
  EXPECT_FALSE(server_.compare_request.has_after());
  EXPECT_EQ(server_.compare_request.k(), 0u);
}

TEST_F(CompareCommandTest, ABrokenThresholdIsAnExitCode) {
  v1::Comparison* comparison = server_.compare_response.mutable_comparison();
  comparison->set_model("movies");
  comparison->set_after(7);
  comparison->add_broken("items: too few");
  comparison->add_broken("users: too few");
  Outcome outcome = Akin({"compare", "movies", "--min-overlap", "1"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.out, HasSubstr("items: too few"));
  EXPECT_EQ(outcome.err,
            "akin: version 7 of model movies breaks thresholds in 2 figures; "
            "each pair of tables has its own\n");
  outcome = Akin({"compare", "movies", "--min-overlap", "1", "--json"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["comparison"]["broken"].size(),
            2u);
}

}  // namespace
}  // namespace akin::client
