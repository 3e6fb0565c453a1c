// plan, load and unload, from the command line to the message, and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/cli/failure.h"
#include "tests/client/version_commands_fixture.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Usage errors must not need a server.
TEST(VersionCommandsUsage, RefusesWhatMakesNoSense) {
  setenv("AKIN_SERVER", "127.0.0.1:1", 1);
  const TempDir folder;
  const std::string latin1 = "users=" + folder.Write("latin1", "caf\xE9\n");
  const struct {
    std::vector<const char*> arguments;
    const char* sentence;
  } kCases[] = {
      {{"plan"}, "MODEL is required"},
      {{"plan", ""}, "expected the name of a model"},
      {{"plan", "\xff"}, "expected the name of a model"},
      {{"plan", "m", "--version", "0"}, "got \"0\""},
      {{"plan", "m", "--version", "-1"}, "--version"},
      {{"plan", "m", "--version", "9223372036854775808"}, "--version"},
      {{"plan", "m", "n"}, "\"n\""},
      {{"plan", "m", "--force"}, "--force"},
      {{"load"}, "MODEL is required"},
      {{"load", ""}, "expected the name of a model"},
      {{"load", "m", "--wait"}, "--wait"},
      {{"unload"}, "MODEL is required"},
      {{"unload", "m"}, "expected --version N"},
      {{"unload", "", "--version", "1"}, "expected the name of a model"},
      {{"label", "m"}, "NAME is required"},
      {{"label", "m", "next"}, "expected --version N or --remove"},
      {{"label", "m", "next", "--version", "1", "--remove"},
       "expected --version N or --remove"},
      {{"label", "m", "", "--version", "1"}, "of a label"},
      {{"label", "m", "canary", "--version", "1", "--share", "much"},
       "--share"},
      {{"label", "m", "canary", "--version", "1", "--share", "nan"}, "--share"},
      {{"label", "m", "canary", "--version", "1", "--share", "1.5"},
       "--share: expected a number from 0 to 1, got \"1.5\""},
      {{"label", "m", "canary", "--version", "1", "--shadow", "-1"},
       "--shadow: expected a number from 0 to 1"},
      {{"label", "m", "next", "--version", "1", "--share", "0.5"},
       "--share and --shadow are of the label canary, got the label next"},
      {{"label", "m", "a", "--version", "1", "--min-overlap", "x"},
       "--min-overlap"},
      {{"promote", "m", "--min-overlap", "2"},
       "--min-overlap: expected a number from 0 to 1, got \"2\""},
      {{"promote", "m", "--min-rbo", "-0.1"}, "--min-rbo: expected"},
      {{"promote", "m", "--min-recall", "95"}, "--min-recall: expected"},
      {{"promote", "m", "--max-lost", "1.1"}, "--max-lost: expected"},
      {{"promote", "m", "--max-score-drift", "-1"},
       "--max-score-drift: expected a number of at least 0"},
      {{"promote", "m", "--max-norm-ratio", "0.5"},
       "--max-norm-ratio: expected a number of at least 1"},
      {{"promote", "m", "--max-p99-ratio", "0"},
       "--max-p99-ratio: expected a number of more than 0, got \"0\""},
      {{"compare", "m", "--max-memory-ratio", "inf"},
       "--max-memory-ratio: expected a number of more than 0"},
      {{"promote"}, "MODEL is required"},
      {{"promote", ""}, "expected the name of a model"},
      {{"promote", "m", "--remove"}, "--remove"},
      {{"rollback"}, "MODEL is required"},
      {{"rollback", "m", "--min-overlap", "1"}, "--min-overlap"},
      {{"compare"}, "MODEL is required"},
      {{"compare", ""}, "expected the name of a model"},
      {{"compare", "\xff"}, "got \"\\xff\""},
      {{"compare", "m", "--before", ""}, "expected"},
      {{"compare", "m", "--after", "\xff"}, "got \"\\xff\""},
      {{"compare", "m", "--table", "\xff"}, "got \"\\xff\""},
      {{"compare", "m", "-k", "101"}, "-k"},
      {{"compare", "m", "--queries", "0"}, "--queries"},
      {{"compare", "m", "--ids", "users"}, "expected TABLE=FILE"},
      {{"compare", "m", "--ids", "=users"}, "expected TABLE=FILE"},
      {{"compare", "m", "--ids", "users=/no/file"}, "/no/file"},
      {{"compare", "m", "--ids", latin1.c_str()}, "expected UTF-8"},
      {{"search", "m/t", "--id", "a", "--routing-key", "\xff"},
       "--routing-key: expected UTF-8"},
  };
  for (const auto& [arguments, sentence] : kCases) {
    const Outcome outcome = Akin(arguments);
    EXPECT_EQ(outcome.code, kExitUsage) << arguments[0] << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, AllOf(StartsWith("akin: "), HasSubstr(sentence)));
  }
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {"plan", "m"},
           {"load", "m"},
           {"unload", "m", "--version", "1"},
           {"label", "m", "a", "--version", "1"},
           {"promote", "m"},
           {"rollback", "m"},
           {"compare", "m"}}) {
    EXPECT_EQ(Akin(arguments).code, kExitNoServer) << arguments[0];
    EXPECT_THAT(Akin({arguments[0], "--help"}).out, HasSubstr("Example"));
  }
  unsetenv("AKIN_SERVER");
}

TEST_F(VersionCommandsTest, PlanShowsWhatALoadTakes) {
  v1::PlanLoadResponse& plan = server_.plan_response;
  plan.set_model("movies");
  plan.set_version(7);
  plan.set_version_bytes(uint64_t{300} << 20);
  plan.set_state(v1::VERSION_STATE_SEALED);
  plan.add_retires(5);
  plan.add_retires(4);
  plan.set_fits(true);
  Outcome outcome = Akin({"plan", "movies", "--version", "7"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_EQ(server_.plan_request.model(), "movies");
  EXPECT_EQ(server_.plan_request.version(), 7);
  EXPECT_THAT(
      outcome.out,
      AllOf(HasSubstr("7 of movies, sealed"), HasSubstr("300.0 MiB"),
            HasSubstr("version 5, 4"), HasSubstr("fits"), HasSubstr("yes")));
  plan.set_fits(false);
  plan.clear_retires();
  outcome = Akin({"plan", "movies"});
  EXPECT_EQ(server_.plan_request.version(), 0);
  EXPECT_EQ(outcome.code, kExitAnswered) << "it was answered";
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("no: it would be refused"),
                                 Not(HasSubstr("retires"))));
  const auto json =
      nlohmann::json::parse(Akin({"plan", "movies", "--json"}).out);
  EXPECT_EQ(json["fits"], false);
  EXPECT_EQ(json["state"], "VERSION_STATE_SEALED");
}

TEST_F(VersionCommandsTest, LoadWaitsUntilItIsDone) {
  *server_.load_response.mutable_version() =
      VersionOf(7, v1::VERSION_STATE_LOADING);
  for (const auto state :
       {v1::VERSION_STATE_LOADING, v1::VERSION_STATE_LOADING,
        v1::VERSION_STATE_UNLOADING, v1::VERSION_STATE_AVAILABLE}) {
    v1::Model* model = server_.model_responses.emplace_back().mutable_model();
    *model->add_versions() = VersionOf(8, v1::VERSION_STATE_FAILED);
    *model->add_versions() = VersionOf(7, state);
    model->mutable_versions(1)->add_labels("next");
    model->mutable_versions(1)->add_tables()->set_memory_bytes(3 << 20);
  }
  const Outcome outcome = Akin({"load", "movies", "--force"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_EQ(server_.load_request.model(), "movies");
  EXPECT_EQ(server_.load_request.version(), 0);
  EXPECT_TRUE(server_.load_request.force());
  EXPECT_TRUE(server_.model_responses.empty()) << "it asked four times";
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("movies version 7: "),
                                 HasSubstr("3.0 MiB, labelled next")));
}

TEST_F(VersionCommandsTest, LoadSaysWhyItFailed) {
  *server_.load_response.mutable_version() =
      VersionOf(7, v1::VERSION_STATE_LOADING);
  v1::ModelVersion failed = VersionOf(7, v1::VERSION_STATE_FAILED);
  failed.set_failure("items.table: damaged at offset 100");
  *server_.model_response.mutable_model()->add_versions() = failed;
  Outcome outcome = Akin({"load", "movies", "--version", "7"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "akin: items.table: damaged at offset 100\n");
  server_.model_response.Clear();
  outcome = Akin({"load", "movies", "--version", "7"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.err, HasSubstr("is gone from the repository"));
  *server_.model_response.mutable_model()->add_versions() =
      VersionOf(7, v1::VERSION_STATE_SEALED);
  outcome = Akin({"load", "movies", "--version", "7"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.err, HasSubstr("was unloaded by somebody else"));
}

TEST_F(VersionCommandsTest, LoadNeedNotWait) {
  *server_.load_response.mutable_version() =
      VersionOf(7, v1::VERSION_STATE_SEALED);
  const Outcome outcome =
      Akin({"load", "movies", "--version", "7", "--no-wait", "--json"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_FALSE(server_.load_request.force());
  EXPECT_EQ(server_.model_request.model(), "") << "not asked";
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["version"]["state"],
            "VERSION_STATE_SEALED");
}

TEST_F(VersionCommandsTest, UnloadNamesAVersion) {
  *server_.unload_response.mutable_version() =
      VersionOf(5, v1::VERSION_STATE_UNLOADING);
  Outcome outcome = Akin({"unload", "movies", "--version", "5"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_EQ(server_.unload_request.model(), "movies");
  EXPECT_EQ(server_.unload_request.version(), 5);
  EXPECT_THAT(outcome.out, HasSubstr("movies version 5: "));
  server_.FailWith(absl::StatusCode::kFailedPrecondition,
                   "version 5 of model movies has the label stable");
  outcome = Akin({"unload", "movies", "--version", "5", "--json"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("has the label stable"));
}

TEST_F(VersionCommandsTest, TheRoutingKeyGoesWithEveryQuery) {
  EXPECT_EQ(Akin({"search", "m/t", "--id", "a", "--routing-key", "u42"}).code,
            kExitAnswered);
  EXPECT_EQ(server_.search_request.routing_key(), "u42");
  EXPECT_EQ(Akin({"get", "m/t", "--routing-key", "u43", "a"}).code,
            kExitAnswered);
  EXPECT_EQ(server_.vectors_request.routing_key(), "u43");
  EXPECT_EQ(Akin({"search", "m/t", "--id", "a"}).code, kExitAnswered);
  EXPECT_EQ(server_.search_request.routing_key(), "");
}

}  // namespace
}  // namespace akin::client
