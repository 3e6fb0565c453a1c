#include "index/formats/text_row.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace akin {
namespace {

struct Case {
  const char* line;
  const char* result;  // "id|1 2" or "fault: detail"
};

std::string Parse(absl::string_view line, size_t dimension) {
  std::vector<float> values(dimension);
  SourceRow row;
  if (!ParseTextRow(StripLineEnd(line), absl::MakeSpan(values), &row)) {
    return absl::StrCat(RowFaultName(row.fault), ": ", row.detail);
  }
  std::string out = absl::StrCat(row.id, "|");
  for (size_t i = 0; i < dimension; ++i) {
    char text[32];
    std::snprintf(text, sizeof(text), i == 0 ? "%g" : " %g",
                  static_cast<double>(values[i]));
    out += text;
  }
  return out;
}

TEST(TextRow, TwoNumbers) {
  const Case cases[] = {
      {"king 0.5 -2", "king|0.5 -2"},
      {"king\t0.5\t-2", "king|0.5 -2"},
      {"king 0.5 -2 ", "king|0.5 -2"},
      {"king 0.5 -2 \t\r", "king|0.5 -2"},
      {"king  0.5   -2", "king|0.5 -2"},
      {"2 0.5 0.25", "2|0.5 0.25"},
      {", 0.5 0.25", ",|0.5 0.25"},
      {"\xF0\x9F\x98\x80 1 2", "\xF0\x9F\x98\x80|1 2"},
      {"a\xC2\xA0z 1 2", "a\xC2\xA0z|1 2"},
      {"\xC3 1 2", "\xC3|1 2"},
      {"k +0.5 1e-3", "k|0.5 0.001"},
      {"k .5 5.", "k|0.5 5"},
      {"k 1e-50 -1e-46", "k|0 -0"},
      {"k 1e-40 1E+10", "k|9.99995e-41 1e+10"},
      {"k 0.00000000000000000000000000000000000000000000000001 1", "k|0 1"},
      {"k 3.4028234663852886e38 1", "k|3.40282e+38 1"},
      {"k 3.5e38 1",
       "not finite: number 1 of 2 is \"3.5e38\", more than a float can hold"},
      {"k 1 -1e999",
       "not finite: number 2 of 2 is \"-1e999\", more than a float can hold"},
      {"k 1 nan", "not finite: number 2 of 2 is \"nan\""},
      {"k NaN 1", "not finite: number 1 of 2 is \"NaN\""},
      {"k -Inf 1", "not finite: number 1 of 2 is \"-Inf\""},
      {"k 1 INFINITY", "not finite: number 2 of 2 is \"INFINITY\""},
      {"k 1 x", "not a number: number 2 of 2 is \"x\""},
      {"k 1,5 2", "not a number: number 1 of 2 is \"1,5\""},
      {"k 0x10 2", "not a number: number 1 of 2 is \"0x10\""},
      {"k 1 nan(1)", "not finite: number 2 of 2 is \"nan(1)\""},
      {"k 1 infinite", "not a number: number 2 of 2 is \"infinite\""},
      {"k 1 2e", "not a number: number 2 of 2 is \"2e\""},
      {"k 1 --2", "not a number: number 2 of 2 is \"--2\""},
      {"k 1 +-2", "not a number: number 2 of 2 is \"+-2\""},
      {"k 1 +", "not a number: number 2 of 2 is \"+\""},
      {"k 1 \xFF\x01", "not a number: number 2 of 2 is \"\xEF\xBF\xBD\\001\""},
      {"king 0.5", "ragged: has 1 number, expected 2"},
      {"king", "ragged: has 0 numbers, expected 2"},
      {"0.5 0.5", "ragged: has 1 number, expected 2"},
      {"New York 0.5 0.25", "New York|0.5 0.25"},
      {"New  York 0.5 0.25", "New  York|0.5 0.25"},
      {"  New York 0.5 0.25", "New York|0.5 0.25"},
      {"Toy Story 2 0.5 0.25", "Toy Story 2|0.5 0.25"},
      {"Apollo 13 1 0", "Apollo 13|1 0"},
      {"Version 2.0 0.5 0.25", "Version 2.0|0.5 0.25"},
      {"Pi 3.14 0.5 0.25", "Pi 3.14|0.5 0.25"},
      {". . . 0.5 0.25", ". . .|0.5 0.25"},
      {"at name@domain.com 0.5 0.25", "at name@domain.com|0.5 0.25"},
      {"the nan 1 2", "the nan|1 2"},
      {"word 0.418 0.5 0.25", "ragged: has 3 numbers, expected 2"},
      {"word 0.1 0.5 0.25", "ragged: has 3 numbers, expected 2"},
      {"word -1 0.5 0.25", "ragged: has 3 numbers, expected 2"},
      {"word 1e2 0.5 0.25", "ragged: has 3 numbers, expected 2"},
      {"word 12.345 0.5 0.25", "ragged: has 3 numbers, expected 2"},
      {"a b 0.5 0.5 0.5 0.25", "ragged: has 4 numbers, expected 2"},
      {" 0.5 0.25", "|0.5 0.25"},
      {"\t0.5 0.25", "|0.5 0.25"},
      {" 0.5", "ragged: has 1 number, expected 2"},
  };
  for (const Case& c : cases) EXPECT_EQ(Parse(c.line, 2), c.result) << c.line;
}

TEST(TextRow, LongFieldsAreCutInTheDetail) {
  const std::string detail = Parse("k 1 " + std::string(1000, 'x'), 2);
  EXPECT_EQ(detail, "not a number: number 2 of 2 is \"" + std::string(40, 'x') +
                        "...\"");
}

TEST(TextRow, RoundsToTheNearestFloat) {
  std::vector<float> values(3);
  SourceRow row;
  ASSERT_TRUE(ParseTextRow(
      "k 0.1 16777217 0.000000000000000000000000000000000000000000001401298464",
      absl::MakeSpan(values), &row));
  EXPECT_EQ(values[0], 0.1f);
  EXPECT_EQ(values[1], 16777216.0f);
  EXPECT_EQ(values[2], 0x1p-149f);
}

TEST(TextRow, CountsTrailingNumbers) {
  EXPECT_EQ(CountFields("a 1 2").numbers, 2u);
  EXPECT_EQ(CountFields("a b 1 2").numbers, 2u);
  EXPECT_EQ(CountFields("1 2 3").numbers, 2u);
  EXPECT_EQ(CountFields("1 2 3").fields, 3u);
  EXPECT_EQ(CountFields("a 1 b").numbers, 0u);
  EXPECT_EQ(CountFields("a").numbers, 0u);
  EXPECT_EQ(CountFields("").fields, 0u);
}

}  // namespace
}  // namespace akin
