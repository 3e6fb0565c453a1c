#include "server/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ParseLoad, TakesItApart) {
  const auto plain = ParseLoad("glove/words=dir/glove.6B.txt");
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(plain->model, "glove");
  EXPECT_EQ(plain->table.name, "words");
  EXPECT_EQ(plain->table.source.path, "dir/glove.6B.txt");
  EXPECT_EQ(plain->table.read.table.metric, Metric::kCosine);
  EXPECT_EQ(plain->table.index, IndexChoice::kAuto);

  EXPECT_EQ(plain->table.profile, Profile::kAuto);

  const auto full = ParseLoad(
      "m/users=u.npy,ids=u.txt,metric=dot,index=graph,profile=compact");
  ASSERT_THAT(full, IsOk());
  EXPECT_EQ(full->table.source.path, "u.npy");
  EXPECT_EQ(full->table.source.ids_path, "u.txt");
  EXPECT_EQ(full->table.read.table.metric, Metric::kDot);
  EXPECT_EQ(full->table.index, IndexChoice::kGraph);
  EXPECT_EQ(full->table.profile, Profile::kCompact);
  EXPECT_EQ(ParseLoad("m/t=f,profile=fast")->table.profile, Profile::kFast);
  EXPECT_EQ(ParseLoad("m/t=f,profile=auto")->table.profile, Profile::kAuto);
}

TEST(ParseLoad, FileNamesMayHoldCommasSlashesAndEqualSigns) {
  const auto load = ParseLoad("m/t=/data/a,b=c=d/e, f.txt,ids=x,y.txt");
  EXPECT_THAT(load, IsStatus(StatusCode::kInvalidArgument,
                             HasSubstr("option is \"b\"")));
  const auto commas = ParseLoad("m/t=/data/a, b/e=1.txt,ids=x,y.txt");
  ASSERT_THAT(commas, IsOk());
  EXPECT_EQ(commas->table.source.path, "/data/a, b/e=1.txt");
  EXPECT_EQ(commas->table.source.ids_path, "x,y.txt");
}

TEST(ParseLoad, SaysWhatIsWrong) {
  const auto error = [](absl::string_view text) {
    const auto load = ParseLoad(text);
    EXPECT_EQ(load.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(
        std::string(load.status().message()),
        AllOf(HasSubstr(std::string(text)), HasSubstr("model/table=FILE")));
    return std::string(load.status().message());
  };
  error("");
  error("words.txt");
  error("glove=words.txt");
  error("=x");
  EXPECT_THAT(error("a/b="), HasSubstr("no file"));
  EXPECT_THAT(error("/b=f"), HasSubstr("model name"));
  EXPECT_THAT(error("a/=f"), HasSubstr("table name"));
  EXPECT_THAT(error("a/b/c=f"), HasSubstr("table name"));
  EXPECT_THAT(error("../b=f"), HasSubstr("model name"));
  EXPECT_THAT(error("a/b=f,metric=hamming"),
              HasSubstr("expected cosine, dot or l2"));
  EXPECT_THAT(error("a/b=f,index=ivf"),
              HasSubstr("expected auto, exact or graph"));
  EXPECT_THAT(
      error("a/b=f,profile=small"),
      HasSubstr("profile is \"small\", expected auto, fast or compact"));
  EXPECT_THAT(error("a/b=f,format=npy"), HasSubstr("\"format\""));
  EXPECT_THAT(error("a/b=f,ids="), HasSubstr("nothing behind ids="));
  EXPECT_THAT(error("a/b=f,metric=dot,metric=l2"), HasSubstr("metric= twice"));
}

std::variant<ServerOptions, ExitNow> Parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "akin-server");
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return ParseOptions(static_cast<int>(argv.size()), argv.data());
}

TEST(ParseOptions, GroupsTablesByModel) {
  const auto parsed =
      Parse({"--load", "a/x=1", "--load", "b/y=2", "--load", "a/z=3",
             "--listen", "127.0.0.1:0", "--on-bad-row", "skip",
             "--unicode-errors", "replace", "--threads", "3"});
  const auto& options = std::get<ServerOptions>(parsed);
  ASSERT_EQ(options.models.size(), 2u);
  EXPECT_EQ(options.models[0].model, "a");
  ASSERT_EQ(options.models[0].tables.size(), 2u);
  EXPECT_EQ(options.models[0].tables[1].name, "z");
  EXPECT_EQ(options.models[0].tables[1].read.on_bad_row, OnBadRow::kSkip);
  EXPECT_EQ(options.models[0].tables[1].read.table.utf8, Utf8Policy::kReplace);
  EXPECT_EQ(options.listen, "127.0.0.1:0");
  EXPECT_EQ(options.threads, 3u);
}

TEST(ParseOptions, DefaultsAreThePromisedOnes) {
  const auto options = std::get<ServerOptions>(Parse({"--load", "a/x=1"}));
  EXPECT_EQ(options.listen, "127.0.0.1:7400");
  EXPECT_GE(options.threads, 1u);
  EXPECT_EQ(options.models[0].tables[0].read.on_bad_row, OnBadRow::kFail);
}

TEST(ParseOptions, AddressesAreChecked) {
  for (const char* good : {"127.0.0.1:0", "[::1]:7400", "localhost:65535",
                           "unix:/run/akin.sock"}) {
    EXPECT_TRUE(std::holds_alternative<ServerOptions>(
        Parse({"--load", "a/b=c", "--listen", good})))
        << good;
  }
  for (const char* bad :
       {"", "localhost", "127.0.0.1:", ":7400", "h:65536", "h:-1", "h:x"}) {
    const auto parsed = Parse({"--load", "a/b=c", "--listen", bad});
    ASSERT_TRUE(std::holds_alternative<ExitNow>(parsed)) << bad;
    EXPECT_EQ(std::get<ExitNow>(parsed).code, 2);
  }
}

TEST(ParseOptions, ATableIsNamedOnce) {
  EXPECT_THAT(
      std::get<ExitNow>(Parse({"--load", "a/b=c", "--load", "a/b=d"})).message,
      HasSubstr("a/b twice"));
}

TEST(ParseOptions, BadUsageIsTwoAndHelpIsZero) {
  EXPECT_EQ(std::get<ExitNow>(Parse({})).code, 2);
  EXPECT_EQ(std::get<ExitNow>(Parse({"--load", "x"})).code, 2);
  EXPECT_EQ(
      std::get<ExitNow>(Parse({"--load", "a/b=c", "--threads", "0"})).code, 2);
  EXPECT_EQ(std::get<ExitNow>(Parse({"--help"})).code, 0);
  EXPECT_THAT(std::get<ExitNow>(Parse({"--version"})).message,
              HasSubstr("akin-server 0."));
}

}  // namespace
}  // namespace akin::server
