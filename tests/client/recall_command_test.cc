#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "client/cli/failure.h"
#include "tests/client/version_commands_fixture.h"

namespace akin::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kMeasured[] = R"(
    model: "movies" version: 7 target: 0.95
    tables { table: "items" index: INDEX_KIND_GRAPH effort_factor: 4
             below_target: true
             estimates { filter_share: FILTER_SHARE_NO_FILTER samples: 1000
                         recall: 0.91234 low: 0.9 high: 0.92 mean_k: 10 }
             estimates { filter_share: FILTER_SHARE_TO_10_PERCENT samples: 37
                         recall: 0.5 low: 0.25 high: 0.75 mean_k: 7.5
                         own_target: true } }
    tables { table: "users" index: INDEX_KIND_EXACT effort_factor: 1 }
    tables { table: "tags" index: INDEX_KIND_GRAPH effort_factor: 1 }
    sampling { cpu_share: 0.01 cpu_share_used: 0.0098 offered: 123456
               measured: 1037 dropped: 2 })";

class RecallCommandTest : public VersionCommandsTest {
 protected:
  void Answer(const char* response) {
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        response, &server_.recall_response));
  }
};

// The words of the line of `text` that holds `part`.
std::vector<std::string> LineWith(const std::string& text,
                                  const std::string& part) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StrContains(line, part)) {
      return absl::StrSplit(line, ' ', absl::SkipEmpty());
    }
  }
  return {};
}

TEST_F(RecallCommandTest, ShowsEveryTableAndKindOfQuery) {
  Answer(kMeasured);
  const Outcome outcome = Akin({"recall", "movies"});
  EXPECT_EQ(outcome.code, kExitAnswered) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("movies version 7, target 0.95\n"));
  EXPECT_THAT(LineWith(outcome.out, "1,000"),
              testing::ElementsAre("items", "graph", "none", "1,000", "0.9123",
                                   "0.9000", "to", "0.9200", "10", "4"));
  EXPECT_THAT(LineWith(outcome.out, "up to 10 %"),
              testing::ElementsAre("items", "graph", "up", "to", "10", "%",
                                   "37", "0.5000", "0.2500", "to", "0.7500",
                                   "7.5", "their", "own"));
  EXPECT_THAT(LineWith(outcome.out, "users"),
              testing::ElementsAre("users", "exact", "exact"));
  EXPECT_THAT(LineWith(outcome.out, "tags"),
              testing::ElementsAre("tags", "graph", "no", "samples", "1"));
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("items misses the target, and its effort may "
                              "not be multiplied by more than 4\n"),
                    HasSubstr("Sampled of all models: 1,037 of 123,456 "
                              "answers, 2 dropped; 0.98 % of a processor "
                              "used, 1 % allowed.\n")));
  EXPECT_FALSE(server_.recall_request.has_version());
  EXPECT_FALSE(server_.recall_request.has_label());
}

TEST_F(RecallCommandTest, SaysThatNothingIsSampled) {
  Answer(R"(model: "movies" version: 7
            tables { table: "items" index: INDEX_KIND_GRAPH effort_factor: 1 }
            sampling {})");
  const Outcome outcome = Akin({"recall", "movies"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("movies version 7, no target\n"),
                                 HasSubstr("its recall_cpu_share is 0"),
                                 Not(HasSubstr("misses"))));
}

TEST_F(RecallCommandTest, AsksForTheVersionThatWasSaid) {
  Answer(kMeasured);
  EXPECT_EQ(Akin({"recall", "movies", "--version", "7"}).code, kExitAnswered);
  EXPECT_EQ(server_.recall_request.model(), "movies");
  EXPECT_EQ(server_.recall_request.version(), 7);
  const Outcome outcome =
      Akin({"recall", "movies", "--label", "canary", "--json"});
  EXPECT_EQ(server_.recall_request.label(), "canary");
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("\"belowTarget\":true"),
                                 HasSubstr("\"FILTER_SHARE_TO_10_PERCENT\"")));
}

TEST_F(RecallCommandTest, RefusesWhatMakesNoSense) {
  Outcome outcome =
      Akin({"recall", "movies", "--version", "7", "--label", "canary"});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("--version and --label both pick a "
                                     "version: give one"));
  EXPECT_EQ(Akin({"recall"}).code, kExitUsage);
  EXPECT_EQ(Akin({"recall", "movies", "--version", "0"}).code, kExitUsage);
  EXPECT_EQ(Akin({"recall", "movies", "--label", ""}).code, kExitUsage);
  server_.FailWith(absl::StatusCode::kNotFound, "no model \"movies\"");
  outcome = Akin({"recall", "movies"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_THAT(outcome.err, HasSubstr("no model \"movies\""));
}

}  // namespace
}  // namespace akin::client
