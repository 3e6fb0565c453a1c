#include "server/log/log_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace akin::server {
namespace {

using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

// 2026-11-22T21:00:00.123456 UTC
const absl::Time kTime = absl::FromUnixMicros(1'795'381'200'123'456);

std::string Json(absl::string_view message, const LogFields& fields = {}) {
  return FormatJson({kTime, LogLevel::kInfo, message, fields});
}

std::string Readable(absl::string_view message, const LogFields& fields = {}) {
  return FormatReadable({kTime, LogLevel::kInfo, message, fields});
}

TEST(LogLevel, NamesComeBack) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo,
                               LogLevel::kWarning, LogLevel::kError}) {
    EXPECT_EQ(LogLevelNamed(NameOf(level)), level);
  }
  EXPECT_EQ(LogLevelNamed("loud"), LogLevel::kInfo);
}

TEST(FormatJson, IsWrittenLikeThis) {
  EXPECT_EQ(FormatJson({kTime, LogLevel::kWarning, "slow call",
                        LogFields{{"rpc", "Search"},
                                  {"us", 12},
                                  {"below", -3},
                                  {"share", 0.1},
                                  {"forced", true}}}),
            "{\"time\":\"2026-11-22T21:00:00.123456Z\",\"level\":\"warning\","
            "\"message\":\"slow call\",\"rpc\":\"Search\",\"us\":12,"
            "\"below\":-3,\"share\":0.1,\"forced\":true}");
}

TEST(FormatJson, KeepsTheTypesOfFields) {
  const json line = json::parse(
      Json("m", {{"text", "7"},
                 {"most", std::numeric_limits<uint64_t>::max()},
                 {"least", std::numeric_limits<int64_t>::min()},
                 {"real", 2.5},
                 {"flag", false},
                 {"none", std::numeric_limits<double>::quiet_NaN()},
                 {"endless", std::numeric_limits<double>::infinity()}}));
  EXPECT_EQ(line["text"], "7");
  EXPECT_TRUE(line["text"].is_string());
  EXPECT_EQ(line["most"], std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(line["least"], std::numeric_limits<int64_t>::min());
  EXPECT_TRUE(line["real"].is_number_float());
  EXPECT_EQ(line["real"], 2.5);
  EXPECT_EQ(line["flag"], false);
  EXPECT_TRUE(line["none"].is_null());
  EXPECT_TRUE(line["endless"].is_null());
}

TEST(FormatJson, EveryByteComesBackOrIsReplaced) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = {'a', static_cast<char>(byte), 'b'};
    const std::string line = Json(text, {{"key", text}});
    EXPECT_EQ(line.find('\n'), std::string::npos) << byte;
    const json parsed = json::parse(line);  // throws where it is none
    const std::string expected = byte < 0x80 ? text
                                             : "a\xEF\xBF\xBD"
                                               "b";
    EXPECT_EQ(parsed["message"], expected) << byte;
    EXPECT_EQ(parsed["key"], expected) << byte;
  }
}

TEST(FormatJson, NobodyWritesAFieldOfHisOwn) {
  const json line = json::parse(
      Json("x\",\"level\":\"error", {{"model", "m\"}\n{\"rpc\":\"Forged"}}));
  EXPECT_EQ(line.size(), 4u);
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["model"], "m\"}\n{\"rpc\":\"Forged");
}

TEST(FormatJson, CutsLongTexts) {
  // Cut within a character, which is replaced then.
  std::string text(LogField::kMostBytes - 1, 'x');
  text += "\xC3\xA4" + std::string(100, 'y');
  const json line = json::parse(Json("m", {{"key", text}}));
  const std::string cut = line["key"];
  EXPECT_LT(cut.size(), LogField::kMostBytes + 10);
  EXPECT_THAT(cut, EndsWith("..."));
  EXPECT_THAT(cut, Not(HasSubstr("y")));
}

TEST(FormatReadable, IsTimeLevelSentenceAndFields) {
  const std::string line =
      FormatReadable({kTime, LogLevel::kError, "call failed",
                      LogFields{{"rpc", "Search"}, {"us", 12}, {"x", 0.5}}});
  EXPECT_THAT(line, EndsWith(".123 error call failed rpc=Search us=12 x=0.5"));
  // The hour is that of the machine's own zone.
  EXPECT_EQ(line.size(), std::string("2026-11-22T21:00:00.123 error call failed"
                                     " rpc=Search us=12 x=0.5")
                             .size());
}

TEST(FormatReadable, QuotesWhatIsNoWord) {
  EXPECT_THAT(Readable("m", {{"key", "a b"}}), EndsWith(" m key=\"a b\""));
  EXPECT_THAT(Readable("m", {{"key", ""}}), EndsWith(" m key=\"\""));
  EXPECT_THAT(Readable("m", {{"key", "a=b"}}), EndsWith(" m key=\"a=b\""));
  EXPECT_THAT(Readable("m", {{"key", "a\"b\\"}}),
              EndsWith(" m key=\"a\\\"b\\\\\""));
  EXPECT_THAT(Readable("m", {{"key", "a\nb\x1b[31m"}}),
              EndsWith(" m key=\"a\\nb\\u001b[31m\""));
  EXPECT_THAT(Readable("m", {{"key", "gr\xC3\xBC\xC3\x9F"}}),
              EndsWith(" m key=gr\xC3\xBC\xC3\x9F"));
}

TEST(FormatReadable, AMessageIsOneLine) {
  EXPECT_THAT(Readable("first\nsecond \"quoted\"\x07"),
              EndsWith(" info first\\nsecond \"quoted\"\\u0007"));
  EXPECT_THAT(Readable("a\xFF"), EndsWith(" a\xEF\xBF\xBD"));
}

}  // namespace
}  // namespace akin::server
