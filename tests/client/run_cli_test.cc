#include "client/cli/run_cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "client/cli/failure.h"
#include "tests/client/fake_server.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome Akin(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "akin");
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunCli(static_cast<int>(arguments.size()), arguments.data(),
                          {.out = out, .err = err});
  return {code, out.str(), err.str()};
}

class RunCliTest : public ::testing::Test {
 protected:
  RunCliTest() { setenv("AKIN_SERVER", server_.address().c_str(), 1); }
  ~RunCliTest() override { unsetenv("AKIN_SERVER"); }

  FakeServer server_;
};

// Usage errors must not need a server.
class UsageTest : public ::testing::Test {
 protected:
  UsageTest() { setenv("AKIN_SERVER", "127.0.0.1:1", 1); }
  ~UsageTest() override { unsetenv("AKIN_SERVER"); }

  static void ExpectRefused(std::vector<const char*> arguments,
                            const std::string& sentence) {
    const Outcome outcome = Akin(std::move(arguments));
    EXPECT_EQ(outcome.code, kExitUsage) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, StartsWith("akin: "));
    EXPECT_THAT(outcome.err, HasSubstr(sentence));
  }
};

TEST_F(UsageTest, RefusesWhatMakesNoSense) {
  ExpectRefused({"serach"},
                "expected a command (search, score, explain, ids, get, import, "
                "models, model, info, ");
  ExpectRefused({"models", "--foo"}, "\"--foo\" means nothing to akin models");
  ExpectRefused({"--foo", "models"}, "\"--foo\"");
  ExpectRefused({"model"}, "NAME is required");
  ExpectRefused({"model", "a", "b"}, "\"b\" means nothing");
  ExpectRefused({"get", "glove/words"}, "ID is required");
  ExpectRefused({"get", "glove/words", ""}, "expected an id");
  ExpectRefused({"search"}, "MODEL/TABLE is required");
  ExpectRefused({"search", "glove", "--id", "a"}, "got \"glove\"");
  ExpectRefused({"search", "a/b/c", "--id", "a"}, "got \"a/b/c\"");
  ExpectRefused({"search", "m/t"}, "expected what to search for");
  ExpectRefused({"search", "m/t", "king"}, "write --id");
  ExpectRefused({"search", "m/t", "--id", "a", "--vector", "[1]"},
                "--id and --vector");
  ExpectRefused({"search", "m/t", "--id", "a", "--id", "b"}, "given 2 times");
  ExpectRefused({"search", "m/t", "--id=", "-k", "3"}, "--id: expected");
  ExpectRefused({"search", "m/t", "--id", "a", "-k"}, "-k: expected a value");
  ExpectRefused({"search", "m/t", "--id", "a", "-k", "0"}, "got \"0\"");
  ExpectRefused({"search", "m/t", "--id", "a", "-k", "ten"}, "got \"ten\"");
  ExpectRefused({"search", "m/t", "--id", "a", "-k", "4294967296"}, "-k");
  ExpectRefused({"search", "m/t", "--id", "a", "--min-score", "nan"}, "nan");
  for (const char* recall : {"0", "-0.5", "1.01", "95", "nan", "most"}) {
    ExpectRefused({"search", "m/t", "--id", "a", "--target-recall", recall},
                  "--target-recall: expected");
  }
  ExpectRefused({"search", "m/t", "--id", "a", "--version", "x"}, "--version");
  ExpectRefused(
      {"search", "m/t", "--id", "a", "--version", "1", "--label", "b"},
      "--version and --label");
  ExpectRefused({"search", "m/t", "--id", "a", "--exclude-file", "/no/file"},
                "/no/file");
  ExpectRefused({"models", "--server", "localhost"}, "\"localhost\"");
  ExpectRefused({"models", "--server", "::1:7400"}, "\"::1:7400\"");
  ExpectRefused({"models", "--timeout", "0"}, "--timeout");
}

TEST_F(UsageTest, NoCommandPrintsTheHelpOnStderr) {
  const Outcome outcome = Akin({});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("Usage: akin"));
}

TEST_F(UsageTest, HelpNeedsNoServer) {
  for (const char* command :
       {"search", "get", "import", "models", "model", "info"}) {
    const Outcome outcome = Akin({command, "--help"});
    EXPECT_EQ(outcome.code, kExitAnswered);
    EXPECT_THAT(outcome.out, HasSubstr("Examples:\n")) << command;
    EXPECT_EQ(outcome.err, "");
  }
  EXPECT_THAT(Akin({"--help"}).out, HasSubstr("Commands:\n"));
}

TEST_F(UsageTest, HelpShowsFlagsAsTheyAreTyped) {
  for (const char* command : {"load", "import"}) {
    const std::string help = Akin({command, "--help"}).out;
    EXPECT_THAT(help, HasSubstr("--no-wait"));
    EXPECT_THAT(help, Not(HasSubstr("{"))) << command;
  }
}

TEST_F(UsageTest, TheVersionOfAkinIsNotThatOfAModel) {
  const Outcome outcome = Akin({"--version"});
  EXPECT_EQ(outcome.code, kExitAnswered);
  EXPECT_THAT(outcome.out, MatchesRegex("akin [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(outcome.err, "");
  ExpectRefused({"models", "--version"}, "means nothing to akin models");
}

TEST_F(UsageTest, NoServerIsItsOwnExitCode) {
  for (const std::vector<const char*>& arguments :
       std::vector<std::vector<const char*>>{
           {"models"},
           {"model", "glove"},
           {"info"},
           {"get", "glove/words", "king"},
           {"search", "glove/words", "--id", "king"}}) {
    const Outcome outcome = Akin(arguments);
    EXPECT_EQ(outcome.code, kExitNoServer);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("no akin server at 127.0.0.1:1"));
    EXPECT_THAT(outcome.err, HasSubstr("start one with akin-server --load"));
  }
}

TEST_F(RunCliTest, SendsTheSearchAsTyped) {
  const TempDir folder;
  const std::string path = folder.Write("seen", "x\r\n\ny z\n");
  const Outcome outcome =
      Akin({"search", "movies/items", "--id", "users:u42", "-k", "3", "--exact",
            "--target-recall", "0.99", "--min-score", "-0.5", "--exclude",
            "[a,b]", "--exclude-file", path.c_str(), "--return-vectors",
            "--label", "canary"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  const v1::SearchRequest& request = server_.search_request;
  EXPECT_EQ(request.model(), "movies");
  EXPECT_EQ(request.table(), "items");
  EXPECT_EQ(request.label(), "canary");
  EXPECT_EQ(request.query().id().table(), "users");
  EXPECT_EQ(request.query().id().id(), "u42");
  const v1::SearchOptions& options = request.options();
  EXPECT_EQ(options.k(), 3);
  EXPECT_TRUE(options.exact());
  EXPECT_EQ(options.target_recall(), 0.99F);
  EXPECT_EQ(options.min_score(), -0.5F);
  EXPECT_TRUE(options.return_vectors());
  EXPECT_THAT(options.exclude_ids(), ElementsAre("[a,b]", "x", "y z"));
}

TEST_F(RunCliTest, AsksForTenNeighboursOfTheServersVersion) {
  EXPECT_EQ(Akin({"search", "m/t", "--id", "a"}).code, kExitAnswered);
  EXPECT_EQ(server_.search_request.options().k(), 10);
  EXPECT_FALSE(server_.search_request.options().has_min_score());
  EXPECT_FALSE(server_.search_request.options().has_target_recall());
  EXPECT_EQ(server_.search_request.version_choice_case(),
            v1::SearchRequest::VERSION_CHOICE_NOT_SET);
}

// All of these are words of real vocabularies, and CLI11 has ideas about them.
TEST_F(RunCliTest, TakesIdsAsTyped) {
  EXPECT_EQ(Akin({"get", "m/t", "[CLS]", "[a,b]", "++", "{}", "%%", "models",
                  "-5", "two words", "--", "--dash", "--"})
                .code,
            kExitAnswered);
  EXPECT_THAT(server_.vectors_request.ids(),
              ElementsAre("[CLS]", "[a,b]", "++", "{}", "%%", "models", "-5",
                          "two words", "--dash", "--"));
  EXPECT_EQ(Akin({"search", "m/t", "--plus", "[CLS]", "--plus", "++", "--minus",
                  "--", "--minus", "--x", "--minus=[a]"})
                .code,
            kExitAnswered);
  const v1::Combination& terms = server_.search_request.query().combination();
  EXPECT_EQ(terms.plus(0).id().id(), "[CLS]");
  EXPECT_EQ(terms.plus(1).id().id(), "++");
  EXPECT_EQ(terms.minus(0).id().id(), "--");
  EXPECT_EQ(terms.minus(1).id().id(), "--x");
  EXPECT_EQ(terms.minus(2).id().id(), "[a]");
}

TEST_F(RunCliTest, SeveralRowsAreABatch) {
  const TempDir folder;
  const std::string path = folder.Write("batch", "[[1, 2], [3, 4]]");
  server_.batch_response.add_results()->add_hits()->set_id("a");
  google::rpc::Status* error =
      server_.batch_response.add_results()->mutable_error();
  error->set_code(3);
  error->set_message("zero vector");
  const Outcome outcome =
      Akin({"search", "m/t", "--vector-file", path.c_str(), "--version", "7"});
  EXPECT_EQ(server_.batch_request.queries_size(), 2);
  EXPECT_EQ(server_.batch_request.version(), 7);
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.out, HasSubstr("query 1 of 2"));
  EXPECT_THAT(outcome.err,
              HasSubstr("1 of 2 queries were not answered; query 2: zero"));
}

TEST_F(RunCliTest, JsonIsTheResponseMessage) {
  server_.search_response.set_version(3);
  v1::Hit* hit = server_.search_response.add_hits();
  hit->set_id("zero\n");
  hit->set_score(0);
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {"--json", "search", "m/t", "--id", "a"},
           {"search", "m/t", "--id", "a", "--json"}}) {
    const Outcome outcome = Akin(arguments);
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1);
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["version"], "3");
    EXPECT_EQ(json["hits"][0]["id"], "zero\n");
    EXPECT_EQ(json["hits"][0]["score"], 0);
  }
}

TEST_F(RunCliTest, CatalogCommandsAnswer) {
  server_.models_response.add_models()->add_versions()->set_version(4);
  server_.model_response.mutable_model()->set_name("glove");
  server_.info_response.set_version("9.9");
  EXPECT_THAT(Akin({"models"}).out, HasSubstr("4"));
  EXPECT_THAT(Akin({"model", "glove"}).out, HasSubstr("glove: no versions"));
  EXPECT_EQ(server_.model_request.model(), "glove");
  EXPECT_THAT(Akin({"info"}).out, HasSubstr(server_.address()));
  EXPECT_THAT(Akin({"info", "--json"}).out, HasSubstr("\"version\":\"9.9\""));
}

TEST_F(RunCliTest, ModelShowsTheMeasuredRecall) {
  v1::Model* model = server_.model_response.mutable_model();
  model->set_name("glove");
  v1::Table* table = model->add_versions()->add_tables();
  table->set_name("words");
  table->set_bytes_per_vector(528);
  v1::RecallCurve* curve = table->add_calibration();
  curve->set_k(10);
  v1::RecallPoint* point = curve->add_points();
  point->set_effort(20);
  point->set_recall(0.99F);
  point->set_microseconds(18);
  const std::string out = Akin({"model", "glove"}).out;
  EXPECT_THAT(out, HasSubstr("528 bytes a vector"));
  EXPECT_THAT(out, HasSubstr("recall@10 0.95: 18 us, 0.99: 18 us"));
  const auto json =
      nlohmann::json::parse(Akin({"model", "glove", "--json"}).out);
  const auto& points =
      json["model"]["versions"][0]["tables"][0]["calibration"][0]["points"];
  EXPECT_EQ(points[0]["effort"], 20);
}

TEST_F(RunCliTest, ServerFlagBeatsTheEnvironment) {
  const std::string address = server_.address();
  setenv("AKIN_SERVER", "127.0.0.1:1", 1);
  EXPECT_EQ(Akin({"models", "--server", address.c_str()}).code, kExitAnswered);
  EXPECT_EQ(Akin({"--server", address.c_str(), "models"}).code, kExitAnswered);
  EXPECT_EQ(Akin({"models"}).code, kExitNoServer);
}

TEST_F(RunCliTest, ARefusalIsASentenceWithSuggestions) {
  v1::ErrorDetail detail;
  detail.mutable_unknown_name()->set_name("kingg");
  detail.mutable_unknown_name()->add_near("king");
  detail.mutable_unknown_name()->add_near("kings");
  server_.FailWith(absl::StatusCode::kNotFound, "no id \"kingg\" in m/t",
                   detail);
  Outcome outcome = Akin({"get", "m/t", "kingg"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err,
            "akin: no id \"kingg\" in m/t; did you mean: king, kings\n");

  server_.FailWith(absl::StatusCode::kNotFound, "no id; did you mean king?",
                   detail);
  outcome = Akin({"get", "m/t", "kingg"});
  EXPECT_EQ(outcome.err, "akin: no id; did you mean king?\n");
}

TEST_F(RunCliTest, ExplainsATableThatWasNotMeant) {
  v1::ErrorDetail detail;
  detail.mutable_unknown_name()->set_name("http");
  server_.FailWith(absl::StatusCode::kNotFound, "no table http", detail);
  EXPECT_THAT(Akin({"search", "m/urls", "--id", "http://a"}).err,
              HasSubstr("write \"urls:http://a\""));
  EXPECT_THAT(
      Akin({"search", "m/urls", "--plus", "b", "--minus", "http://a"}).err,
      HasSubstr("write \"urls:http://a\""));
  EXPECT_EQ(Akin({"search", "m/urls", "--id", "a"}).err,
            "akin: no table http\n");
}

TEST_F(RunCliTest, AnUnavailableServerIsStillAServer) {
  server_.FailWith(absl::StatusCode::kUnavailable, "still loading glove");
  const Outcome outcome = Akin({"search", "m/t", "--id", "a"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.err, "akin: still loading glove\n");
}

TEST(ExitCodeTest, FollowsTheStatus) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), kExitAnswered);
  EXPECT_EQ(ExitCodeOf(UsageError("x")), kExitUsage);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("x")), kExitRefused);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("x")), kExitRefused);
}

TEST(FailureTextTest, SaysWhatGrpcDoesNot) {
  const auto text = [](const absl::Status& status) {
    return FailureText(status, "h:1", absl::Seconds(30));
  };
  EXPECT_EQ(text(absl::DeadlineExceededError("Deadline Exceeded")),
            "no answer from h:1 within 30s; --timeout SECONDS waits longer");
  EXPECT_THAT(text(absl::UnimplementedError("")),
              HasSubstr("h:1 does not know"));
  EXPECT_THAT(text(absl::InternalError("")), HasSubstr("INTERNAL"));
  EXPECT_EQ(text(absl::InternalError("a\x1b")), "a\\x1b");
}

TEST_F(RunCliTest, FoldCaseIsOfAllIdsOfACommand) {
  Akin({"get", "m/t", "King"});
  EXPECT_FALSE(server_.vectors_request.fold_case());
  Akin({"get", "m/t", "King", "--fold-case"});
  EXPECT_TRUE(server_.vectors_request.fold_case());
  Akin({"search", "m/t", "--id", "King", "--exclude-from", "seen=users:U1"});
  EXPECT_FALSE(server_.search_request.query().id().fold_case());
  EXPECT_FALSE(
      server_.search_request.options().exclude_from().item().fold_case());
  Akin({"search", "m/t", "--id", "King", "--exclude-from", "seen=users:U1",
        "--fold-case"});
  EXPECT_TRUE(server_.search_request.query().id().fold_case());
  EXPECT_TRUE(
      server_.search_request.options().exclude_from().item().fold_case());
}

}  // namespace
}  // namespace akin::client
