#include "server/import_row_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "tests/server/import_rows_fixture.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Texts = std::vector<std::string>;

v1::Attribute Of(const std::string& name) {
  v1::Attribute attribute;
  attribute.set_name(name);
  return attribute;
}
v1::Attribute Text(const std::string& name, const std::string& text) {
  v1::Attribute attribute = Of(name);
  attribute.add_values()->set_string_value(text);
  return attribute;
}
v1::Attribute Int(const std::string& name, int64_t value) {
  v1::Attribute attribute = Of(name);
  attribute.add_values()->set_int_value(value);
  return attribute;
}
v1::Attribute Float(const std::string& name, double value) {
  v1::Attribute attribute = Of(name);
  attribute.add_values()->set_float_value(value);
  return attribute;
}
v1::Attribute Bool(const std::string& name, bool value) {
  v1::Attribute attribute = Of(name);
  attribute.add_values()->set_bool_value(value);
  return attribute;
}
v1::Attribute Time(const std::string& name, int64_t seconds, int32_t nanos) {
  v1::Attribute attribute = Of(name);
  attribute.add_values()->mutable_timestamp_value()->set_seconds(seconds);
  attribute.mutable_values(0)->mutable_timestamp_value()->set_nanos(nanos);
  return attribute;
}

template <class Value>
void ExpectRead(RowColumns* columns, const v1::Attribute& attribute,
                const Value& value) {
  const auto field = columns->Read(attribute);
  ASSERT_THAT(field, IsOk());
  ASSERT_TRUE(std::holds_alternative<Value>(*field));
  EXPECT_EQ(std::get<Value>(*field), value);
}
void ExpectNone(RowColumns* columns, const v1::Attribute& attribute,
                const std::string& sentence) {
  EXPECT_THAT(columns->Read(attribute),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr(sentence)));
}

TEST(RowColumnsTest, TakesTheTypeOfTheFirstValue) {
  RowColumns columns({});
  ExpectRead(&columns, Text("title", "Heat"), std::string("Heat"));
  ExpectRead(&columns, Int("year", 1995), int64_t{1995});
  ExpectRead(&columns, Bool("seen", true), true);
  ExpectRead(&columns, Time("added", 2, 3000), int64_t{2'000'003});
  ExpectRead(&columns, Float("rating", 3.5), 3.5);
  ExpectRead(&columns, Int("rating", 4), int64_t{4});  // stands for a float
  ExpectNone(&columns, Int("title", 1),
             "attribute \"title\": has a value of type int, expected keyword");
  ExpectNone(&columns, Text("year", "1995"), "expected int");
  ExpectNone(&columns, Bool("year", true), "of type bool, expected int");
  ExpectNone(&columns, Text("added", "2020-01-01T00:00:00Z"),
             "of type keyword, expected timestamp");
  // Ints become floats.
  ExpectRead(&columns, Float("year", 1995.5), 1995.5);
  std::vector<std::string> types;
  for (const AttributeDeclaration& type : columns.types()) {
    types.push_back(absl::StrCat(type.name, ":", AttributeTypeName(type.type)));
  }
  EXPECT_THAT(types, ElementsAre("added:timestamp", "rating:float", "seen:bool",
                                 "title:keyword", "year:float"));
}

TEST(RowColumnsTest, TakesDeclaredTypes) {
  RowColumns columns({{"genre", AttributeType::kKeywordList},
                      {"added", AttributeType::kTimestamp},
                      {"year", AttributeType::kInt}});
  v1::Attribute genre = Text("genre", "Drama");
  ExpectRead(&columns, genre, Texts{"Drama"});
  genre.add_values()->set_string_value("War");
  ExpectRead(&columns, genre, Texts{"Drama", "War"});
  genre.add_values()->set_int_value(1);
  ExpectNone(&columns, genre, "of type int, expected strings");
  ExpectRead(&columns, Text("added", "1970-01-01T00:00:02Z"),
             int64_t{2'000'000});
  ExpectNone(&columns, Text("added", "yesterday"), "attribute \"added\"");
  ExpectNone(&columns, Float("year", 1.5), "of type float, expected int");
}

TEST(RowColumnsTest, RefusesWhatIsNoValue) {
  RowColumns columns({});
  v1::Attribute two = Text("genre", "Drama");
  two.add_values()->set_string_value("War");
  ExpectNone(&columns, two,
             "has 2 values, expected one, or that attribute_types declares it "
             "as keyword_list");
  v1::Attribute empty = Of("a");
  empty.add_values();
  ExpectNone(&columns, empty, "has an empty value");
  ExpectNone(&columns, Text("", "x"), "attribute name is");
  ExpectNone(&columns, Text("a b", "x"), "attribute name is");
  ExpectNone(&columns, Text("a", std::string(kMaxKeywordBytes + 1, 'x')),
             "has a text of 513 bytes, expected at most 512");
  ExpectNone(&columns, Text("a", "\xff"), "of UTF-8");
  ExpectNone(&columns, Float("a", std::numeric_limits<double>::infinity()),
             "not finite");
  ExpectNone(&columns, Time("a", int64_t{1} << 60, 0), "the years 1 to 9999");
  ExpectNone(&columns, Time("a", 0, -1), "the years 1 to 9999");
  EXPECT_THAT(columns.types(), ElementsAre());
  for (size_t i = 0; i < kMaxAttributes; ++i) {
    ASSERT_THAT(columns.Read(Int(absl::StrCat("a", i), 1)), IsOk());
  }
  ExpectNone(&columns, Int("b", 1), "one more than the 256");
}

TEST(RowColumnsTest, NotesNothingOfRowsThatAreRefused) {
  RowColumns columns({});
  v1::ImportRows rows = Rows(7, {{"a"}, {"b"}});
  AddInt("year", 1, rows.add_attributes());
  AddText("year", "x", rows.add_attributes());
  EXPECT_THAT(columns.Add(rows),
              IsStatus(StatusCode::kInvalidArgument,
                       "row 8 of table users: attribute \"year\": has a value "
                       "of type keyword, expected int"));
  EXPECT_FALSE(columns.any());
  rows.mutable_attributes()->DeleteSubrange(0, 1);
  EXPECT_THAT(columns.Add(rows), IsOk());
  EXPECT_TRUE(columns.any());
  ASSERT_EQ(columns.types().size(), 1u);
  EXPECT_EQ(columns.types()[0].type, AttributeType::kKeyword);
}

TEST(RowColumnsTest, AnAttributeWithoutValuesIsNone) {
  RowColumns columns({});
  v1::ImportRows rows = Rows(0, {{"a"}});
  v1::ImportRowAttributes* row = rows.add_attributes();
  AddAttribute("year", row);
  EXPECT_THAT(columns.Add(rows), IsOk());
  EXPECT_FALSE(columns.any());
  AddAttribute("year", row);
  EXPECT_THAT(columns.Add(rows),
              IsStatus(StatusCode::kInvalidArgument,
                       "row 0 of table users: attribute \"year\": is there "
                       "twice"));
}

}  // namespace
}  // namespace akin::server
