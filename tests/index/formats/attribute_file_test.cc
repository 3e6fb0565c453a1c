#include "index/formats/attribute_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string Shown(const AttributeField& field) {
  if (const auto* flag = std::get_if<bool>(&field)) return *flag ? "yes" : "no";
  if (const auto* whole = std::get_if<int64_t>(&field)) {
    return absl::StrCat("i", *whole);
  }
  if (const auto* real = std::get_if<double>(&field)) {
    return absl::StrCat("f", *real);
  }
  if (const auto* text = std::get_if<std::string>(&field)) return *text;
  return absl::StrCat(
      "[", absl::StrJoin(std::get<std::vector<std::string>>(field), ";"), "]");
}

class AttributeFileTest : public testing::Test {
 protected:
  // "line id name=value ..." for every row, and then the error if there is one.
  std::vector<std::string> Read(
      const std::string& content,
      const std::vector<AttributeDeclaration>& declared = {}) {
    const std::string path = dir_.Write("side", content);
    const auto file = AttributeFile::Open(path, declared);
    if (!file.ok()) return {std::string(file.status().message())};
    format_ = std::string((*file)->format());
    std::vector<std::string> rows;
    AttributeRow row;
    for (;;) {
      const auto found = (*file)->Next(&row);
      if (!found.ok()) {
        EXPECT_EQ(found.status().code(), StatusCode::kInvalidArgument);
        rows.emplace_back(found.status().message());
      }
      if (!found.ok() || !*found) break;
      std::string& text =
          rows.emplace_back(absl::StrCat(row.line, " ", row.id));
      for (const auto& [column, field] : row.fields) {
        absl::StrAppend(&text, " ", (*file)->columns()[column].name, "=",
                        Shown(field));
      }
    }
    columns_ = (*file)->columns();
    return rows;
  }
  // What is said of a file that cannot be read, or of its last line.
  std::string Error(const std::string& content,
                    const std::vector<AttributeDeclaration>& declared = {}) {
    const std::vector<std::string> rows = Read(content, declared);
    return rows.empty() ? "" : rows.back();
  }

  TempDir dir_;
  std::string format_;
  std::vector<AttributeFile::Column> columns_;
};

TEST_F(AttributeFileTest, ReadsJsonLines) {
  EXPECT_THAT(
      Read("{\"id\": \"m1\", \"year\": 1990, \"genre\": [\"Drama\", \"War\"], "
           "\"seen\": null}\r\n"
           "\n  \t\n"
           "{\"seen\": true, \"rating\": 4.5, \"id\": 17, \"title\": "
           "\"\\u00e9 \\\"x\\\"\", \"genre\": []}\n"
           "{\"id\": \"\", \"year\": -3, \"rating\": 1e2}"),
      ElementsAre("1 m1 year=i1990 genre=[Drama;War]",
                  "4 17 seen=yes rating=f4.5 title=\xc3\xa9 \"x\"",
                  "5  year=i-3 rating=f100"));
  EXPECT_EQ(format_, "JSONL");
  ASSERT_EQ(columns_.size(), 5u);
  EXPECT_EQ(columns_[0].name, "year");
  EXPECT_FALSE(columns_[0].type.has_value());
  EXPECT_FALSE(columns_[0].is_text);
}

TEST_F(AttributeFileTest, DeclaredTimesOfJsonAreMicroseconds) {
  const std::vector<AttributeDeclaration> declared = {
      {"added", AttributeType::kTimestamp}, {"year", AttributeType::kFloat}};
  EXPECT_THAT(
      Read("{\"id\":\"a\",\"other\":\"1970-01-01T00:00:01Z\","
           "\"added\":\"1970-01-01T00:00:01Z\",\"year\":2}\n",
           declared),
      ElementsAre("1 a other=1970-01-01T00:00:01Z added=i1000000 year=i2"));
  EXPECT_EQ(columns_[0].name, "added");
  EXPECT_EQ(columns_[1].type, AttributeType::kFloat);
  EXPECT_THAT(
      Error("{\"id\":\"a\",\"added\":\"1970\"}", declared),
      AllOf(HasSubstr("line 1: attribute \"added\""), HasSubstr("RFC 3339")));
  EXPECT_THAT(Error("{\"id\":\"a\",\"added\":1700000000}", declared),
              HasSubstr("expected a timestamp in RFC 3339, found 1700000000"));
}

TEST_F(AttributeFileTest, WrongLinesOfJsonAreNamed) {
  const std::vector<std::pair<std::string, const char*>> cases = {
      {"{\"id\": \"a\"", "line 2: is no JSON from byte"},
      {"{\"id\": \"a\"} x", "is no JSON from byte"},
      {std::string("{\"id\": \"a\"}\0x", 13), "is no JSON: has a NUL byte"},
      {"{\"id\": \"a\", \"b\": NaN}", "is no JSON"},
      {"{\"id\": \"a\", \"b\": 1e999}", "is no JSON"},
      {"{\"id\": \"a\", \"b\": \"\xff\"}", "is no JSON"},
      {"[1]", "expected a JSON object, found a list"},
      {"7", "expected a JSON object, found a number"},
      {"\"x\"", "expected a JSON object, found a string"},
      {"null", "expected a JSON object, found null"},
      {"{}", "line 2: has no \"id\""},
      {"{\"ID\": \"a\"}", "has no \"id\""},
      {"{\"id\": null}", "as \"id\", found null"},
      {"{\"id\": 1.5}", "as \"id\", found a float"},
      {"{\"id\": [\"a\"]}", "as \"id\", found a list"},
      {"{\"id\": true}", "as \"id\", found a bool"},
      {"{\"id\": \"a\", \"id\": \"b\"}", "has \"id\" twice"},
      {"{\"id\": \"a\", \"b\": 1, \"b\": 2}",
       "attribute \"b\": is there twice"},
      {"{\"id\": \"a\", \"b\": {\"c\": 1}}",
       "attribute \"b\": found an object"},
      {"{\"id\": \"a\", \"b\": [[\"c\"]]}",
       "expected strings in the list, found a list"},
      {"{\"id\": \"a\", \"b\": [\"c\", 1]}",
       "expected strings in the list, found a number"},
      {"{\"id\": \"a\", \"b\": [null]}",
       "expected strings in the list, found null"},
      {"{\"id\": \"a\", \"b\": 9223372036854775808}", "found a larger one"},
      {"{\"id\": \"a\", \"b\": 99999999999999999999999}", "found a larger one"},
      {"{\"id\": \"a\", \"a b\": 1}", "attribute name is \"a b\""},
      {"{\"id\": \"a\", \"\": 1}", "attribute name is \"\""},
  };
  for (const auto& [line, said] : cases) {
    EXPECT_THAT(Error("{\"id\": \"x\"}\n" + line + "\n"),
                AllOf(HasSubstr("side: line 2: "), HasSubstr(said)))
        << line;
  }
  // Neither of these takes a stack frame a byte.
  for (const char* open : {"[", "{\"a\":"}) {
    std::string deep = "{\"id\":\"x\",\"b\":";
    for (int i = 0; i < 300'000; ++i) deep += open;
    EXPECT_THAT(Error(deep), HasSubstr("line 1: "));
  }
}

TEST_F(AttributeFileTest, NumbersOf64BitsAreKept) {
  EXPECT_THAT(Read("{\"id\":\"a\",\"b\":9223372036854775807,"
                   "\"c\":-9223372036854775808}"),
              ElementsAre("1 a b=i9223372036854775807 "
                          "c=i-9223372036854775808"));
}

TEST_F(AttributeFileTest, ReadsCsv) {
  EXPECT_THAT(
      Read("movie,year:int,genre:keyword_list,title,rating:float,seen:bool,"
           "added:timestamp\r\n"
           "m1,1990,Drama|War,\"Life, and \"\"more\"\"\",4.5,true,"
           "1970-01-01T00:00:01Z\r\n"
           "\r\n"
           "m2,,,plain,,,\n"
           "\"m,3\",-1,|x|,\"two\nlines\",1e2,false,\n"
           "m4,,,last,,,"),
      ElementsAre("2 m1 year=i1990 genre=[Drama;War] title=Life, and "
                  "\"more\" rating=f4.5 seen=yes added=i1000000",
                  "4 m2 title=plain",
                  "5 m,3 year=i-1 genre=[x] title=two\nlines rating=f100 "
                  "seen=no",
                  "7 m4 title=last"));
  EXPECT_EQ(format_, "CSV");
  ASSERT_EQ(columns_.size(), 6u);
  EXPECT_EQ(columns_[0].type, AttributeType::kInt);
  EXPECT_TRUE(columns_[2].is_text);
  EXPECT_FALSE(columns_[0].is_text);
}

TEST_F(AttributeFileTest, TypesOfCsvMayBeGiven) {
  EXPECT_THAT(Read("id,a,b\nx,1,2\n", {{"b", AttributeType::kInt}}),
              ElementsAre("2 x a=1 b=i2"));
  EXPECT_THAT(Read("id,a,b:int\nx,1,2\n", {{"b", AttributeType::kInt}}),
              ElementsAre("2 x a=1 b=i2"));
  EXPECT_THAT(
      Error("id,a,b:int\nx,1,2\n", {{"b", AttributeType::kFloat}}),
      HasSubstr("line 1: has attribute \"b\" as int, the type given is float"));
  EXPECT_THAT(Error("id,a\nx,1\n", {{"b", AttributeType::kFloat}}),
              HasSubstr("has no attribute \"b\", of which a type is given"));
}

TEST_F(AttributeFileTest, WrongLinesOfCsvAreNamed) {
  EXPECT_THAT(Error("id\nx\n"), HasSubstr("line 1: expected a header of CSV"));
  EXPECT_THAT(Error("id,a,a\n"), HasSubstr("\"a\" is there twice"));
  EXPECT_THAT(Error("id,a:integer\n"), HasSubstr("attribute type is"));
  EXPECT_THAT(Error("id,a b\n"), HasSubstr("attribute name is \"a b\""));
  EXPECT_THAT(Error("id,\n"), HasSubstr("attribute name is \"\""));
  const std::string header =
      "id,i:int,f:float,b:bool,t:timestamp\ngood,1,1,true,\n";
  const std::vector<std::pair<std::string, const char*>> cases = {
      {"x,1,1,true", "line 3: has 4 fields, its header has 5"},
      {"x,1,1,true,,", "has 6 fields, its header has 5"},
      {"x,1.5,,,", "line 3: attribute \"i\": expected int, found \"1.5\""},
      {"x,9223372036854775808,,,", "expected int"},
      {"x,a,,,", "expected int, found \"a\""},
      {"x,,nan,,", "expected float, found \"nan\""},
      {"x,,inf,,", "expected float"},
      {"x,,1x,,", "expected float"},
      {"x,,,True,", "expected bool, found \"True\""},
      {"x,,,,1970", "expected timestamp in RFC 3339, found \"1970\""},
      {"x,\"1,,,", "has a quote that is never closed"},
      {"x,1\"1\",,,", "has a quote in the middle of a field"},
      {"x,\"1\"1,,,", "has text behind a closing quote"},
  };
  for (const auto& [line, said] : cases) {
    EXPECT_THAT(Error(header + line + "\n"),
                AllOf(HasSubstr("side: line 3"), HasSubstr(said)))
        << line;
  }
  // A quote that is never closed is not looked for through the whole file, nor
  // again and again.
  std::string open = "id,a\nx,\"";
  for (int i = 0; i < 3'000'000; ++i) open += "\n1";
  EXPECT_THAT(Error(open), HasSubstr("line 2 has a quote that is never"));
}

TEST_F(AttributeFileTest, EmptyFilesAndMarksAreKnown) {
  for (const char* empty : {"", "\n\n", "\xEF\xBB\xBF", " \t"}) {
    EXPECT_THAT(Error(empty), HasSubstr("side: is empty"));
  }
  EXPECT_THAT(Read("\xEF\xBB\xBFid,a\nx,1\n"), ElementsAre("2 x a=1"));
  EXPECT_THAT(Read("\xEF\xBB\xBF{\"id\":\"x\"}"), ElementsAre("1 x"));
  EXPECT_THAT(Read("id,a\n"), ElementsAre());
  EXPECT_THAT(AttributeFile::Open(dir_.Path("none"), {}),
              IsStatus(StatusCode::kNotFound));
}

TEST_F(AttributeFileTest, ThereAreNotTooManyColumns) {
  std::string json = "{\"id\":\"x\"";
  std::string csv = "id";
  for (int i = 0; i < 256; ++i) {
    absl::StrAppend(&json, ",\"a", i, "\":1");
    absl::StrAppend(&csv, ",a", i);
  }
  EXPECT_EQ(Read(json + "}").size(), 1u);
  EXPECT_EQ(columns_.size(), 256u);
  EXPECT_EQ(Read(csv + "\n").size(), 0u);
  EXPECT_THAT(Error(json + ",\"more\":1}"), HasSubstr("more than the 256"));
  EXPECT_THAT(Error(csv + ",more\n"), HasSubstr("more than the 256"));
}

TEST(ParseAttributeDeclarations, ReadsNamesAndTypes) {
  const auto declared = ParseAttributeDeclarations("year:int,a-b.c:timestamp");
  ASSERT_THAT(declared, IsOk());
  ASSERT_EQ(declared->size(), 2u);
  EXPECT_EQ((*declared)[1].name, "a-b.c");
  EXPECT_EQ((*declared)[1].type, AttributeType::kTimestamp);
  for (const char* wrong : {"", "year", "year:", ":int", "year:int,",
                            "year:int,year:int", "a b:int", "year:int:float"}) {
    EXPECT_THAT(ParseAttributeDeclarations(wrong),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr("attribute")))
        << wrong;
  }
}

}  // namespace
}  // namespace akin
