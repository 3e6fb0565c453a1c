#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Settings, EachSaysWhatItIsAndMayBe) {
  const auto settings = Settings();
  EXPECT_GE(settings.size(), 15u);
  for (const SettingInfo& setting : settings) {
    EXPECT_FALSE(setting.help.empty()) << setting.name;
    EXPECT_EQ(setting.flag.substr(0, 2), "--");
    EXPECT_EQ(setting.flag.find('_'), std::string::npos);
  }
  EXPECT_THAT(Validate(Config()), IsOk());
}

// Found by the fuzzer: threads was printed as 0, which is out of its range.
TEST(ParseConfig, ReadsWhatPrintConfigPrintsOfNothing) {
  const std::string printed = PrintConfig(Config());
  EXPECT_THAT(printed, HasSubstr("\n# threads: 0\n"));
  const auto again = ParseConfig(printed, "printed");
  ASSERT_THAT(again, IsOk());
  EXPECT_FALSE(again->has_threads());
  EXPECT_EQ(PrintConfig(*again), printed);
}

TEST(ParseConfig, ReadsWhatPrintConfigPrints) {
  const auto config = ParseConfig(
      "load: \"a/b=f, \\\"x\\\".txt\"\nload: 'c/d=e'\nmax_k: 50\n"
      "# a comment\ndrain_seconds: 0.5",
      "akin.textproto");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->load_size(), 2);
  EXPECT_EQ(config->max_k(), 50u);
  EXPECT_EQ(config->max_batch_queries(), 10'000u);
  Config full = *config;
  full.set_threads(3);
  const std::string printed = PrintConfig(full);
  EXPECT_THAT(printed, AllOf(HasSubstr("\nmax_k: 50\n"),
                             HasSubstr("\nmax_batch_queries: 10000\n"),
                             HasSubstr("\nlisten: \"127.0.0.1:7400\"\n")));
  const auto again = ParseConfig(printed, "printed");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(PrintConfig(*again), printed);
  EXPECT_EQ(again->load(0), "a/b=f, \"x\".txt");
}

TEST(ParseConfig, NamesTheLineOfWhatIsWrong) {
  const auto error = [](const std::string& text) {
    const auto config = ParseConfig(text, "akin.textproto");
    EXPECT_EQ(config.status().code(), StatusCode::kInvalidArgument) << text;
    return std::string(config.status().message());
  };
  EXPECT_THAT(error("max_k: 5\n\nmax_batch_querys: 7\n"),
              AllOf(HasSubstr("akin.textproto:3"),
                    HasSubstr("no setting is named \"max_batch_querys\"")));
  EXPECT_THAT(error("maxk: 5"), HasSubstr("did you mean \"max_k\"?"));
  EXPECT_THAT(error("max_k: 5\nmax_k: 6"), HasSubstr("akin.textproto:2"));
  EXPECT_THAT(error("max_k: -5"), HasSubstr("akin.textproto:1"));
  EXPECT_THAT(error("max_k: \"five\""), HasSubstr("akin.textproto:1"));
  EXPECT_THAT(error("max_k"), HasSubstr("akin.textproto"));
  EXPECT_THAT(error("listen: \"a"), HasSubstr("akin.textproto:1"));
  EXPECT_THAT(error(std::string("\0\xff{{{", 5)), HasSubstr("akin.textproto"));
  EXPECT_THAT(error("max_k: 0"),
              AllOf(HasSubstr("akin.textproto: max_k is 0"),
                    HasSubstr("a whole number of 1 to 10000")));
}

TEST(ParseConfig, NothingIsAllDefaults) {
  EXPECT_THAT(ParseConfig("", "empty"), IsOk());
}

TEST(ReadConfig, SaysWhichFileCannotBeRead) {
  const TempDir dir;
  EXPECT_THAT(ReadConfig(dir.Path("none")),
              IsStatus(StatusCode::kNotFound, HasSubstr("/none")));
  EXPECT_THAT(ReadConfig(dir.Path("")).status().ok(), false);
  const auto config = ReadConfig(dir.Write("c.textproto", "max_k: 9"));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->max_k(), 9u);
}

TEST(Validate, SpeaksInSentences) {
  Config config;
  const auto error = [&] { return std::string(Validate(config).message()); };
  config.set_access_log_share(1.5);
  EXPECT_EQ(error(), "access_log_share is 1.5, expected a number of 0 to 1");
  config.set_access_log_share(std::nan(""));
  EXPECT_THAT(error(), HasSubstr("access_log_share is nan"));
  config.Clear();
  config.set_on_bad_row("panic");
  EXPECT_EQ(error(), "on_bad_row is \"panic\", expected fail, skip");
  config.Clear();
  config.set_max_message_bytes(1);
  EXPECT_EQ(error(),
            "max_message_bytes is 1, expected a whole number of 65536 to "
            "16777216");
}

TEST(Set, TakesNumbersAsPeopleWriteThem) {
  Config config;
  EXPECT_THAT(Set("max_k", "12", &config), IsOk());
  EXPECT_EQ(config.max_k(), 12u);
  EXPECT_THAT(Set("drain_seconds", "2.5", &config), IsOk());
  EXPECT_EQ(config.drain_seconds(), 2.5);
  EXPECT_THAT(Set("listen", "h: \"x\"", &config), IsOk());
  EXPECT_EQ(config.listen(), "h: \"x\"");
  for (const char* bad : {"", "x", "-1", "1.5", "99999999999", "1 max_k: 2"}) {
    EXPECT_THAT(Set("max_k", bad, &config),
                IsStatus(StatusCode::kInvalidArgument,
                         HasSubstr(std::string("\"") + bad + "\"")));
  }
}

}  // namespace
}  // namespace akin::server
