// label, promote and rollback, from the command line to the message, and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "client/cli/failure.h"
#include "tests/client/version_commands_fixture.h"

namespace akin::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using LabelCommandsTest = VersionCommandsTest;

TEST_F(LabelCommandsTest, LabelSendsWhatWasSaid) {
  v1::Label* label = server_.label_response.mutable_label();
  label->set_name("canary");
  label->set_version(7);
  label->set_share(0.05);
  server_.label_response.set_previous_version(6);
  Outcome outcome = Akin({"label", "movies", "canary", "--version", "7",
                          "--share", "0.05", "--shadow", "0", "--min-overlap",
                          "0.5", "--max-p99-ratio", "2", "--force"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  const v1::SetLabelRequest& request = server_.label_request;
  EXPECT_EQ(request.model(), "movies");
  EXPECT_EQ(request.label(), "canary");
  EXPECT_EQ(request.version(), 7);
  EXPECT_EQ(request.share(), 0.05);
  EXPECT_TRUE(request.has_shadow_share());
  EXPECT_EQ(request.shadow_share(), 0);
  EXPECT_EQ(request.thresholds().min_overlap(), 0.5);
  EXPECT_EQ(request.thresholds().max_p99_ratio(), 2);
  EXPECT_FALSE(request.thresholds().has_min_recall());
  EXPECT_TRUE(request.force());
  EXPECT_EQ(outcome.out,
            "movies: canary -> version 7, answers 5 % of the routing keys "
            "(before: 6)\n"
            "canary in force: --share 0.05 --shadow 0\n");

  label->Clear();
  label->set_name("old");
  outcome = Akin({"label", "movies", "old", "--remove"});
  EXPECT_TRUE(server_.label_request.remove());
  EXPECT_FALSE(server_.label_request.has_share());
  EXPECT_FALSE(server_.label_request.has_thresholds())
      << "thresholds that nobody gave ask for no comparison";
  EXPECT_EQ(outcome.out, "movies: label old is removed (before: 6)\n");
  EXPECT_EQ(nlohmann::json::parse(
                Akin({"label", "movies", "old", "--remove", "--json"})
                    .out)["label"]["name"],
            "old");
}

TEST_F(LabelCommandsTest, NoStableVersionIsWorthAWarning) {
  server_.label_response.mutable_label()->set_name("stable");
  for (const bool json : {false, true}) {
    std::vector<const char*> arguments = {"label", "movies", "stable",
                                          "--remove"};
    if (json) arguments.push_back("--json");
    const Outcome outcome = Akin(arguments);
    EXPECT_EQ(outcome.code, kExitAnswered);
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("no version of model movies is stable now"),
                      HasSubstr("akin promote movies")));
    EXPECT_NE(outcome.out, "");
  }
  // Where it follows the latest there is one.
  server_.label_response.mutable_label()->set_version(5);
  EXPECT_EQ(Akin({"label", "movies", "stable", "--remove"}).err, "");
  server_.label_response.mutable_label()->clear_version();
  EXPECT_EQ(Akin({"label", "movies", "canary", "--remove"}).err, "");
}

TEST_F(LabelCommandsTest, PromoteTakesTheLatestOrNone) {
  HasVersions();
  Outcome refused = Akin({"promote", "movies"});
  EXPECT_EQ(refused.code, kExitRefused);
  EXPECT_EQ(server_.label_request.label(), "") << "nothing was asked for";
  EXPECT_EQ(refused.err,
            "akin: version 5 of model movies, the latest, cannot be promoted "
            "in the state sealed; load it with akin load movies --version 5, "
            "or promote another with --version N\n");
  v1::ModelVersion* latest =
      server_.model_response.mutable_model()->mutable_versions(0);
  latest->set_state(v1::VERSION_STATE_FAILED);
  latest->set_failure("torn");
  EXPECT_THAT(Akin({"promote", "movies"}).err,
              HasSubstr("in the state failed: torn; load it"));
  latest->set_state(v1::VERSION_STATE_AVAILABLE);
  EXPECT_EQ(Akin({"promote", "movies"}).code, kExitAnswered);
  EXPECT_EQ(server_.model_request.model(), "movies");
  EXPECT_EQ(server_.label_request.label(), "stable");
  EXPECT_EQ(server_.label_request.version(), 5);
  EXPECT_EQ(Akin({"promote", "movies", "--min-recall", "0.9"}).code,
            kExitAnswered);
  EXPECT_EQ(server_.label_request.version(), 5);
  EXPECT_EQ(server_.label_request.thresholds().min_recall(), 0.9);
  EXPECT_EQ(Akin({"promote", "movies", "--version", "1"}).code, kExitAnswered);
  EXPECT_EQ(server_.label_request.version(), 1);
  server_.model_response.mutable_model()->clear_versions();
  server_.model_response.mutable_model()->clear_labels();
  const Outcome outcome = Akin({"promote", "movies"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.err, HasSubstr("model movies has no version"));
}

TEST_F(LabelCommandsTest, RollbackTakesTheOneBefore) {
  HasVersions();
  EXPECT_EQ(Akin({"rollback", "movies"}).code, kExitAnswered);
  EXPECT_EQ(server_.label_request.version(), 2) << "3 is not loaded";
  EXPECT_EQ(server_.label_request.label(), "stable");
  EXPECT_FALSE(server_.label_request.has_thresholds());
  v1::Label* stable = server_.model_response.mutable_model()->mutable_labels(0);
  ASSERT_EQ(stable->name(), "stable");
  stable->set_previous_version(4);
  EXPECT_EQ(Akin({"rollback", "movies"}).code, kExitAnswered);
  EXPECT_EQ(server_.label_request.version(), 4) << "it was stable before";
  stable->set_previous_version(5);
  const Outcome unloaded = Akin({"rollback", "movies"});
  EXPECT_EQ(unloaded.code, kExitRefused);
  EXPECT_THAT(unloaded.err, HasSubstr("akin load movies --version 5"));
  stable->set_previous_version(0);
  EXPECT_EQ(Akin({"rollback", "movies", "--version", "1"}).code, kExitAnswered);
  EXPECT_EQ(server_.label_request.version(), 1);
  server_.model_response.mutable_model()->mutable_labels(0)->set_version(1);
  const Outcome outcome = Akin({"rollback", "movies"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.err, HasSubstr("no version of model movies before 1 is "
                                     "loaded; load one with akin load movies"));
}

TEST_F(LabelCommandsTest, ARefusedPromotionShowsTheReport) {
  HasVersions();
  v1::ErrorDetail detail;
  v1::Comparison* report =
      detail.mutable_comparison_refused()->mutable_comparison();
  report->set_model("movies");
  report->set_before(2);
  report->set_after(4);
  report->add_tables()->set_table("items");
  report->add_broken("items -> items: overlap@10 is 0.100");
  server_.FailWith(absl::StatusCode::kFailedPrecondition,
                   "label stable was not moved", detail);
  const std::vector<const char*> promote = {
      "promote", "movies", "--version", "4", "--min-overlap", "0.5"};
  Outcome outcome = Akin(promote);
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.out, HasSubstr("overlap@10 is 0.100"));
  EXPECT_EQ(outcome.err, "akin: label stable was not moved\n");
  std::vector<const char*> json = promote;
  json.push_back("--json");
  outcome = Akin(json);
  EXPECT_EQ(outcome.code, kExitRefused);
  const auto refused = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(refused["comparison"]["after"], "4");
  EXPECT_EQ(refused["comparison"]["broken"].size(), 1u);
  EXPECT_EQ(outcome.err, "akin: label stable was not moved\n");
  // Without a detail there is the sentence.
  server_.FailWith(absl::StatusCode::kFailedPrecondition, "not moved");
  outcome = Akin(promote);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "akin: not moved\n");
}

TEST_F(LabelCommandsTest, APromotionThatHeldShowsTheReportToo) {
  server_.label_response.mutable_comparison()->set_model("movies");
  server_.label_response.mutable_comparison()->set_before(3);
  server_.label_response.mutable_comparison()->set_after(4);
  server_.label_response.mutable_label()->set_name("stable");
  server_.label_response.mutable_label()->set_version(4);
  const Outcome outcome =
      Akin({"promote", "movies", "--version", "4", "--max-memory-ratio", "2"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("movies: stable -> version 4\n"));
  EXPECT_THAT(outcome.out, Not(StartsWith("movies: stable"))) << "the report";
}

}  // namespace
}  // namespace akin::client
