#include "index/formats/jsonl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JsonlTest : public FileFixture {
 protected:
  ReadFile Read(const std::string& bytes) { return ReadAll(Write("v", bytes)); }
  // What is said of one bad row between two good ones.
  std::string Bad(const std::string& line) {
    const std::string good = R"({"id": "x", "vector": [1, 2]})";
    const ReadFile file = Read(good + "\n" + line + "\n" + good + "\n");
    EXPECT_TRUE(file.status.ok()) << file.status;
    EXPECT_EQ(file.rows.size(), 2u) << line;
    EXPECT_EQ(file.bad.size(), 1u) << line;
    return file.bad.empty() ? "" : file.bad[0];
  }
};

TEST_F(JsonlTest, RowsAsPeopleWriteThem) {
  const ReadFile file = Read(
      "{\"id\": \"a\", \"vector\": [0.5, -2]}\r\n"
      "\n"
      "{\"vector\":[1e-3,4],\"id\":7,\"title\":\"x\",\"tags\":[[1],{\"id\":"
      "2,\"vector\":[9]}],\"ok\":true,\"no\":null,\"n\":1.5}\n"
      "  { \"id\" : \"\\u00e9 \\\"q\\\"\" , \"vector\" : [ +0, 1 ] }\n"
      "{\"id\":-3,\"vector\":[18446744073709551616,1e-60]}");
  EXPECT_EQ(file.format, "JSONL");
  EXPECT_EQ(file.announced, std::nullopt);
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(), ElementsAre("a", "7", "-3"));
  EXPECT_THAT(file.rows[0].values, ElementsAre(0.5f, -2));
  EXPECT_THAT(file.rows[1].values, ElementsAre(0.001f, 4));
  EXPECT_THAT(file.rows[2].values, ElementsAre(18446744073709551616.0f, 0));
  EXPECT_EQ(file.rows[1].place, "line 3");
  // "+0" is no JSON number.
  EXPECT_THAT(file.bad, ElementsAre(HasSubstr("line 4: ragged: is not a JSON "
                                              "object: character")));
  const ReadFile escaped =
      Read("{\"id\":\"\\u00e9 \\\"q\\\"\",\"vector\":[1]}\n");
  EXPECT_THAT(escaped.ids(), ElementsAre("\xC3\xA9 \"q\""));
}

TEST_F(JsonlTest, BadRows) {
  EXPECT_EQ(Bad("{\"vector\":[1,2]}"), "line 2: ragged: has no \"id\"");
  EXPECT_EQ(Bad("{\"id\":\"a\"}"), "line 2: ragged: has no \"vector\"");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[1]}"),
            "line 2: ragged: has 1 number, expected 2");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[1,2,3]}"),
            "line 2: ragged: has 3 numbers, expected 2");
  EXPECT_EQ(Bad("{\"id\":1.5,\"vector\":[1,2]}"),
            "line 2: ragged: has the id \"1.5\", expected a string or a whole "
            "number");
  EXPECT_EQ(Bad("{\"id\":null,\"vector\":[1,2]}"),
            "line 2: ragged: has the id \"null\", expected a string or a whole "
            "number");
  EXPECT_THAT(Bad("{\"id\":[\"a\"],\"vector\":[1,2]}"),
              HasSubstr("has the id \"a list\""));
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":\"1 2\"}"),
            "line 2: ragged: has the vector \"1 2\", expected a list");
  EXPECT_THAT(Bad("{\"id\":\"a\",\"vector\":3}"), HasSubstr("expected a list"));
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[1,\"2\"]}"),
            "line 2: not a number: number 2 is \"2\"");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[[1,2]]}"),
            "line 2: not a number: number 1 is \"a list\"");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[1,null]}"),
            "line 2: not a number: number 2 is \"null\"");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"id\":\"b\",\"vector\":[1,2]}"),
            "line 2: ragged: has \"id\" twice");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[1,2],\"vector\":[1,2]}"),
            "line 2: ragged: has \"vector\" twice");
  EXPECT_EQ(Bad("[1,2]"), "line 2: ragged: is a JSON list, expected an object");
  EXPECT_THAT(Bad("a 1 2"), HasSubstr("is not a JSON object: character 1"));
  EXPECT_THAT(Bad("{\"id\":\"a\",\"vector\":[1,2]"),
              HasSubstr("is not a JSON object"));
  EXPECT_THAT(Bad("{\"id\":\"a\",\"vector\":[1,2]} {}"),
              HasSubstr("is not a JSON object"));
  EXPECT_EQ(Bad(std::string("{\"id\":\"a\",\"vector\":[1,2]}\0x", 27)),
            "line 2: ragged: is not a JSON object: has a NUL byte");
  EXPECT_EQ(Bad("{\"id\":\"a\xff\",\"vector\":[1,2]}"),
            "line 2: invalid UTF-8: is not UTF-8");
  EXPECT_THAT(Bad("{\"x\":" + std::string(100, '[')),
              HasSubstr("is nested deeper than 64"));
}

TEST_F(JsonlTest, NumbersThatNoFloatHolds) {
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[1,1e39]}"),
            "line 2: not finite: number 2 of 2 is \"1e39\", more than a float "
            "can hold");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[1e400,1]}"),
            "line 2: not finite: number 1 is \"1e400\", more than a float can "
            "hold");
  // As Python's json writes them.
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[1, NaN]}"),
            "line 2: not finite: number 2 is NaN");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[Infinity,1]}"),
            "line 2: not finite: number 1 is Infinity");
  EXPECT_EQ(Bad("{\"id\":\"a\",\"vector\":[-Infinity,1]}"),
            "line 2: not finite: number 1 is Infinity");
}

TEST_F(JsonlTest, TheDimensionIsThatOfMostLines) {
  const ReadFile file = Read(
      "{\"id\":1,\"vector\":[1]}\n"
      "{\"id\":2,\"vector\":[1,2]}\n"
      "{\"id\":3,\"vector\":[1,2]}\n");
  EXPECT_EQ(file.dimension, 2u);
  EXPECT_THAT(file.ids(), ElementsAre("2", "3"));
}

TEST_F(JsonlTest, JsonThatIsNone) {
  const auto error = [&](const std::string& text) {
    const ReadFile file = Read(text);
    EXPECT_EQ(file.status.code(), absl::StatusCode::kInvalidArgument);
    return ErrorOf(file, Path("v"));
  };
  const std::string none = "v: begins like JSON, but none of its first lines";
  EXPECT_THAT(error("{\"a\": [1, 2]}\n"), HasSubstr(none));
  EXPECT_THAT(error("{\n  \"id\": \"a\",\n  \"vector\": [1]\n}\n"),
              HasSubstr(none));
  EXPECT_THAT(error("{\"id\":\"a\",\"vector\":[]}\n"), HasSubstr(none));
  std::string long_vector = "{\"id\":1,\"vector\":[0";
  for (int i = 0; i < 32768; ++i) long_vector += ",0";
  EXPECT_THAT(error(long_vector + "]}\n"),
              HasSubstr("its vectors have 32769 numbers, expected 1 to 32768"));
  const ReadFile ids = ReadAll(Write("v", "{\"id\":\"a\",\"vector\":[1]}\n"),
                               Write("ids", "x\n"));
  EXPECT_THAT(ErrorOf(ids, Path("v")), HasSubstr("holds its own ids"));
}

TEST_F(JsonlTest, CompressedAndWithAByteOrderMark) {
  const std::string text =
      "\xEF\xBB\xBF"
      "{\"id\":\"a\",\"vector\":[1,2]}\n";
  EXPECT_THAT(Read(text).ids(), ElementsAre("a"));
  const ReadFile file = Read(Compress(text, ARCHIVE_FILTER_ZSTD));
  EXPECT_THAT(file.ids(), ElementsAre("a"));
  EXPECT_THAT(file.bad, IsEmpty());
}

TEST(IsJsonlTest, WordsAreNone) {
  EXPECT_TRUE(IsJsonl("{\"id\": 1}"));
  EXPECT_TRUE(IsJsonl(" { \"a\\\" : "));
  EXPECT_FALSE(IsJsonl("{ 0.1 0.2\n"));
  EXPECT_FALSE(IsJsonl("{\" 0.1 0.2\n"));
  EXPECT_FALSE(IsJsonl("{} 0.1\n"));
  EXPECT_FALSE(IsJsonl("{"));
  EXPECT_FALSE(IsJsonl(""));
}

}  // namespace
}  // namespace akin
