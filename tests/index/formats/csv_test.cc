#include "index/formats/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/formats/csv_fields.h"
#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CsvTest : public FileFixture {
 protected:
  ReadFile Read(const std::string& bytes) { return ReadAll(Write("v", bytes)); }
};

TEST_F(CsvTest, EverySeparator) {
  const std::pair<std::string, std::string> files[] = {
      {"id,x,y\na b,0.5,-2\nc,1e-3, 4\n", "CSV"},
      {"id;x;y\r\na b;0.5;-2\r\nc;1e-3;4\r\n", "CSV"},
      {"id\tx\ty\na b\t0.5\t-2\nc\t1e-3\t4", "TSV"}};
  for (const auto& [text, format] : files) {
    const ReadFile file = Read(text);
    ASSERT_TRUE(file.status.ok()) << file.status;
    EXPECT_EQ(file.format, format);
    EXPECT_EQ(file.dimension, 2u);
    EXPECT_EQ(file.announced, std::nullopt);
    EXPECT_THAT(file.ids(), ElementsAre("a b", "c"));
    EXPECT_THAT(file.rows[0].values, ElementsAre(0.5f, -2));
    EXPECT_THAT(file.rows[1].values, ElementsAre(0.001f, 4));
    EXPECT_EQ(file.rows[0].place, "line 2");
    EXPECT_THAT(file.bad, IsEmpty());
  }
}

TEST_F(CsvTest, HeaderRowsAndNone) {
  EXPECT_THAT(Read("a,1,2\nb,3,4\n").ids(), ElementsAre("a", "b"));
  EXPECT_THAT(Read("a,1,2\n").ids(), ElementsAre("a"));
  EXPECT_THAT(Read("\n\nword,,\na,1,2\n").ids(), ElementsAre("a"));
  // As pandas numbers columns.
  EXPECT_THAT(Read(",0,1\na,1,2\n").ids(), ElementsAre("a"));
  EXPECT_THAT(Read("Id,0,1,2\na,1,2,3\n").ids(), ElementsAre("a"));
  // Numbers that are no names of columns.
  EXPECT_THAT(Read("x,0,1\na,1,2\n").ids(), ElementsAre("x", "a"));
  EXPECT_THAT(Read("id,1,2\na,1,2\n").ids(), ElementsAre("id", "a"));
}

TEST_F(CsvTest, Quotes) {
  const ReadFile file = Read(
      "\"id\",\"x\",\"y\"\n"
      "\"Snatch, 2000\",\"1\",2\n"
      "\"say \"\"hi\"\"\",1,2\n"
      "\"\"\"\",1,2\n"
      "a\"b,1,2\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(),
              ElementsAre("Snatch, 2000", "say \"hi\"", "\"", "a\"b"));
  EXPECT_THAT(file.rows[0].values, ElementsAre(1, 2));
}

TEST_F(CsvTest, BadRows) {
  const ReadFile file = Read(
      "a,1,2\n"
      "b,1\n"
      "c,1,2,3\n"
      "d,1,x\n"
      "e,nan,2\n"
      "f,1e39,2\n"
      "g,,2\n"
      "\"h,1,2\n"
      "\"i\"j,1,2\n"
      "k,0x10,2\n"
      ",1,2\n"
      "l,5,6\nm,7,8\nn,9,10\no,1,1\np,1,1\nq,1,1\nr,1,1\n");
  ASSERT_TRUE(file.status.ok()) << file.status;
  EXPECT_THAT(file.ids(),
              ElementsAre("a", "", "l", "m", "n", "o", "p", "q", "r"));
  EXPECT_THAT(
      file.bad,
      ElementsAre("line 2: ragged: has 1 number, expected 2",
                  "line 3: ragged: has 3 numbers, expected 2",
                  "line 4: not a number: number 2 of 2 is \"x\"",
                  "line 5: not finite: number 1 of 2 is \"nan\"",
                  "line 6: not finite: number 1 of 2 is \"1e39\", more than a "
                  "float can hold",
                  "line 7: not a number: number 1 of 2 is \"\"",
                  HasSubstr("line 8: ragged: has a quote that is not closed"),
                  HasSubstr("line 9: ragged: has a quote that is not closed"),
                  "line 10: not a number: number 1 of 2 is \"0x10\""));
}

TEST_F(CsvTest, WhatIsNone) {
  const auto error = [&](const std::string& text) {
    return ErrorOf(Read(text), Path("v"));
  };
  const std::string unknown = "v: is in none of the formats";
  EXPECT_THAT(error("id,x,y\n"), HasSubstr(unknown));
  EXPECT_THAT(error("a,b,c\nd,e,f\n"), HasSubstr(unknown));
  // Commas for points.
  EXPECT_THAT(error("a;0,5;0,25\nb;1,5;2,5\n"), HasSubstr(unknown));
  std::string wide = "a";
  for (int i = 0; i < 32769; ++i) wide += ",1";
  EXPECT_THAT(error(wide + "\n"),
              HasSubstr("its rows have 32769 numbers, expected 1 to 32768"));
  EXPECT_THAT(
      ErrorOf(ReadAll(Write("v", "a,1\n"), Write("ids", "x\n")), Path("v")),
      HasSubstr("is CSV, which holds its own ids"));
}

// Words with commas, and tabs without a header, are GloVe text as ever.
TEST_F(CsvTest, GloveTextIsNoCsv) {
  const std::string files[] = {"1,000 0.1 0.2\n2,5 0.3 0.4\n",
                               "a\t0.1\t0.2\nb\t0.3\t0.4\n",
                               "\"\t0.1\t0.2\nb\t0.3\t0.4\n"};
  for (const std::string& text : files) {
    const ReadFile file = Read(text);
    ASSERT_TRUE(file.status.ok()) << file.status;
    EXPECT_EQ(file.format, "GloVe text") << text;
    EXPECT_EQ(file.rows.size(), 2u);
  }
  // Quoted ids show that it is TSV; a lone quote stands for itself.
  const ReadFile tsv = Read("\"a b\"\t0.1\t0.2\n\"\t0.3\t0.4\n");
  EXPECT_EQ(tsv.format, "TSV");
  EXPECT_THAT(tsv.ids(), ElementsAre("a b", "\""));
}

TEST_F(CsvTest, CompressedAndWithAByteOrderMark) {
  const std::string text =
      "\xEF\xBB\xBF"
      "id,x\na,1\n";
  EXPECT_THAT(Read(text).ids(), ElementsAre("a"));
  EXPECT_THAT(Read(Compress(text, ARCHIVE_FILTER_BZIP2)).ids(),
              ElementsAre("a"));
}

TEST(CsvFieldsTest, TakesLinesApart) {
  const auto take = [](const std::string& line, char separator) {
    CsvFields fields(line, separator);
    std::vector<std::string> out;
    absl::string_view field;
    while (fields.Next(&field)) out.emplace_back(field);
    if (fields.broken()) out.emplace_back("BROKEN");
    return out;
  };
  EXPECT_THAT(take("a,b", ','), ElementsAre("a", "b"));
  EXPECT_THAT(take("", ','), ElementsAre(""));
  EXPECT_THAT(take(",", ','), ElementsAre("", ""));
  EXPECT_THAT(take("\"\",\"\"", ','), ElementsAre("", ""));
  EXPECT_THAT(take("\"a,\"\"b\",c", ','), ElementsAre("a,\"b", "c"));
  EXPECT_THAT(take("\"a", ','), ElementsAre("BROKEN"));
  EXPECT_THAT(take("\"", ','), ElementsAre("BROKEN"));
  EXPECT_THAT(take("a,\"b\"c", ','), ElementsAre("a", "BROKEN"));
  EXPECT_THAT(take("\"a\"\"", ','), ElementsAre("BROKEN"));
  EXPECT_THAT(take("\"a\t\"b\t\"c\"", '\t'), ElementsAre("\"a", "\"b", "c"));
  EXPECT_THAT(take("\"a\nb\",c", ','), ElementsAre("a\nb", "c"));
}

TEST(CsvFieldsTest, TellsQuotedFieldsFromOthers) {
  CsvFields fields("\"a\"\t\"b\tc\t\"\"", '\t');
  absl::string_view field;
  for (const bool quoted : {true, false, false, true}) {
    ASSERT_TRUE(fields.Next(&field));
    EXPECT_EQ(fields.quoted(), quoted) << field;
  }
  EXPECT_FALSE(fields.Next(&field));
}

}  // namespace
}  // namespace akin
