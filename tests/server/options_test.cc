#include "server/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/revision.h"
#include "tests/support/temp_dir.h"

namespace akin::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

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
  EXPECT_EQ(options.config.listen(), "127.0.0.1:0");
  EXPECT_EQ(options.config.threads(), 3u);
}

TEST(ParseOptions, DefaultsAreThePromisedOnes) {
  const auto options = std::get<ServerOptions>(Parse({"--load", "a/x=1"}));
  EXPECT_EQ(options.config.listen(), "127.0.0.1:7400");
  EXPECT_GE(options.config.threads(), 1u);
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

TEST(ParseOptions, OtherMachinesAreLetInOnPurposeOnly) {
  const auto parsed =
      Parse({"--load", "a/b=c", "--listen", "0.0.0.0:7400", "--print-config"});
  EXPECT_EQ(std::get<ExitNow>(parsed).code, 2);
  EXPECT_THAT(
      std::get<ExitNow>(parsed).message,
      AllOf(HasSubstr("listen is \"0.0.0.0:7400\""), HasSubstr("--insecure")));
  for (const char* flag : {"--insecure", "--insecure=true"}) {
    const auto options =
        Parse({"--load", "a/b=c", flag, "--listen", "0.0.0.0:7400"});
    ASSERT_TRUE(std::holds_alternative<ServerOptions>(options)) << flag;
    EXPECT_TRUE(std::get<ServerOptions>(options).config.insecure());
  }
}

TEST(ParseOptions, SwitchesAreFlagsWithoutAValue) {
  auto options = std::get<ServerOptions>(Parse({"--load", "a/b=c"}));
  EXPECT_TRUE(options.config.reflection());
  EXPECT_FALSE(options.config.channelz());
  options = std::get<ServerOptions>(
      Parse({"--channelz", "--reflection=false", "--load", "a/b=c"}));
  EXPECT_FALSE(options.config.reflection());
  EXPECT_TRUE(options.config.channelz());
  EXPECT_EQ(
      std::get<ExitNow>(Parse({"--load", "a/b=c", "--channelz=maybe"})).code,
      2);
  const auto printed = std::get<ExitNow>(
      Parse({"--load", "a/b=c", "--reflection=false", "--print-config"}));
  EXPECT_THAT(printed.message, HasSubstr("reflection: false\n"));
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
  const ExitNow version = std::get<ExitNow>(Parse({"--version"}));
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.message,
            absl::StrCat("akin-server " AKIN_VERSION " (", Revision(), ")\n"));
}

TEST(ParseOptions, AFlagWinsOverTheFile) {
  const TempDir dir;
  const std::string file = dir.Write(
      "akin.textproto",
      "load: 'a/b=c'\nload: 'a/d=e'\nmax_k: 50\nlisten: 'h:1'\ninsecure: true\n"
      "threads: 7");
  auto options = std::get<ServerOptions>(Parse({"--config", file}));
  ASSERT_EQ(options.models.size(), 1u);
  EXPECT_EQ(options.models[0].tables.size(), 2u);
  EXPECT_EQ(options.config.max_k(), 50u);
  EXPECT_EQ(options.config.threads(), 7u);
  options = std::get<ServerOptions>(Parse(
      {"--config", file, "--max-k", "60", "--load", "x/y=z", "--threads=2"}));
  ASSERT_EQ(options.models.size(), 1u);
  EXPECT_EQ(options.models[0].model, "x");
  EXPECT_EQ(options.models[0].tables.size(), 1u);
  EXPECT_EQ(options.config.max_k(), 60u);
  EXPECT_EQ(options.config.listen(), "h:1");
  EXPECT_EQ(options.config.threads(), 2u);
}

TEST(ParseOptions, PrintConfigShowsWhatIsInForce) {
  const auto parsed =
      Parse({"--max-k", "60", "--load", "a/b=c", "--print-config"});
  const auto& exit = std::get<ExitNow>(parsed);
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.message,
              AllOf(HasSubstr("max_k: 60\n"), HasSubstr("load: \"a/b=c\"\n"),
                    HasSubstr("drain_seconds: 10\n")));
  EXPECT_EQ(exit.message.find("threads: 0"), std::string::npos);
  EXPECT_EQ(std::get<ExitNow>(Parse({"--print-config"})).code, 0);
}

TEST(ParseOptions, BadSettingsSayWhatWasExpected) {
  const auto error = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--load", "a/b=c"});
    const auto parsed = Parse(std::move(arguments));
    if (!std::holds_alternative<ExitNow>(parsed)) return std::string("none");
    EXPECT_EQ(std::get<ExitNow>(parsed).code, 2);
    return std::get<ExitNow>(parsed).message;
  };
  EXPECT_THAT(error({"--max-k", "0"}),
              HasSubstr("max_k is 0, expected a whole number of 1 to 10000"));
  EXPECT_THAT(error({"--max-k", "many"}), HasSubstr("max_k is \"many\""));
  EXPECT_THAT(error({"--drain-seconds", "nan"}), HasSubstr("drain_seconds"));
  EXPECT_THAT(error({"--on-bad-row", "panic"}), HasSubstr("expected fail"));
  EXPECT_THAT(error({"--max-k", "1", "--max-k", "2"}), HasSubstr("max-k"));
  EXPECT_THAT(error({"--max-kk", "1"}), HasSubstr("max-kk"));
  EXPECT_THAT(error({"--config", "/nowhere/x"}), HasSubstr("/nowhere/x"));
}

}  // namespace
}  // namespace akin::server
