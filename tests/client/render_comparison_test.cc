#include "client/cli/render_comparison.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace akin::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Printed(const char* text) {
  v1::Comparison comparison;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &comparison));
  std::ostringstream out;
  std::ostringstream err;
  PrintComparison(Terminal{out, err}, comparison);
  EXPECT_EQ(err.str(), "");
  return out.str();
}

TEST(PrintComparisonTest, ALineAPairThenTheDetails) {
  EXPECT_EQ(
      Printed(R"(
        model: "movies" before: 3 after: 4
        tables {
          query_table: "users" table: "items" k: 10 queries: 500
          overlap: 0.8125 overlap_p10: 0.5 rank_biased_overlap: 0.77
          ids_added: 1200 ids_lost: 2
          some_added: "i7" some_added: "i8" some_lost: "i1" some_lost: "i2"
          score_change: -0.0125 score_drift: 0.025 norm_ratio: 1.02
          before { rows: 60000 memory_bytes: 10485760 recall: 0.981
                   p50_microseconds: 40 p99_microseconds: 210 }
          after { rows: 61198 memory_bytes: 11534336 recall: 0.979
                  p50_microseconds: 41 p99_microseconds: 1230 }
          most_changed { id: "u17" overlap: 0.1 rank_biased_overlap: 0.04 }
          most_changed { id: "u5" overlap: 0.3 rank_biased_overlap: 0.2 }
        }
        tables { query_table: "items" table: "items" k: 10
                 before { rows: 60000 } after { rows: 61198 } }
        tables_added: "actors" tables_lost: "genres" tables_lost: "years"
        broken: "users -> items: overlap@10 is 0.812, expected at least 0.900")"),
      "movies version 4 compared with version 3\n"
      "tables          queries  overlap@10  worst tenth  rank-biased       "
      "recall@10               p99        ids\n"
      "users -> items      500       0.812        0.500        0.770  0.981 "
      "-> 0.979  210 us -> 1.2 ms  +1,200 -2\n"
      "items -> items        0           -            -            -         "
      "      -                 -      +0 -0\n"
      "\n"
      "users -> items: first score drifts by 0.025, -0.0125 on average\n"
      "users -> items: most changed: u17 (0.040), u5 (0.200)\n"
      "items -> items: no queries, as no id of the query table can be asked "
      "for\n"
      "items: rows 60,000 -> 61,198, memory 10.0 MiB -> 11.0 MiB, vectors "
      "1.020 times as long\n"
      "items: lost ids: i1, i2\n"
      "items: added ids: i7, i8 and 1,198 more\n"
      "added tables: actors\n"
      "lost tables: genres, years\n"
      "\n"
      "1 figure breaks a threshold:\n"
      "  users -> items: overlap@10 is 0.812, expected at least 0.900\n");
}

TEST(PrintComparisonTest, ASameVersionIsShort) {
  const std::string text = Printed(R"(
      model: "glove" before: 1 after: 2
      tables { query_table: "words" table: "words" k: 5 queries: 3
               overlap: 1 overlap_p10: 1 rank_biased_overlap: 1 norm_ratio: 1
               before { rows: 3 recall: 1 } after { rows: 3 recall: 1 } })");
  EXPECT_THAT(text, AllOf(HasSubstr("overlap@5"), HasSubstr("recall@5"),
                          HasSubstr("1.000 -> 1.000"), HasSubstr("+0 -0")));
  for (const char* absent : {"most changed", "ids:", "tables:", "broken"}) {
    EXPECT_THAT(text, Not(HasSubstr(absent)));
  }
}

TEST(PrintComparisonTest, ATableOfAnotherKind) {
  const std::string text = Printed(R"(
      model: "glove" before: 1 after: 2
      tables {
        query_table: "words" table: "words" k: 5 queries: 3
        before { metric: METRIC_COSINE dimension: 100 index: INDEX_KIND_GRAPH }
        after { metric: METRIC_DOT dimension: 64 index: INDEX_KIND_EXACT } }
      tables {
        query_table: "words" table: "tags" k: 5 queries: 3
        before { metric: METRIC_L2 dimension: 9 index: INDEX_KIND_GRAPH }
        after { metric: METRIC_L2 dimension: 9 index: INDEX_KIND_EXACT } })");
  EXPECT_THAT(text,
              AllOf(HasSubstr("\nwords: metric cosine -> dot, dimension 100 -> "
                              "64, index graph -> exact\n"),
                    HasSubstr("\ntags: index graph -> exact\n")));
}

TEST(PrintComparisonTest, IdsThatWereNotAsked) {
  EXPECT_THAT(Printed(R"(
      model: "m" before: 1 after: 2
      left_out { query_table: "users" ids: 12 some_ids: "u1" some_ids: "u2" }
      left_out { query_table: "i\033" ids: 1 some_ids: "a\033" })"),
              AllOf(HasSubstr("users: not asked, as not in both: u1, u2 and 10 "
                              "more\n"),
                    HasSubstr("i\\x1b: not asked, as not in both: a\\x1b\n")));
}

TEST(PrintComparisonTest, NoTablesInCommon) {
  EXPECT_EQ(Printed(R"(model: "m" before: 1 after: 2
                       tables_lost: "a" tables_added: "b"
                       broken: "x" broken: "y")"),
            "m version 2 compared with version 1\n"
            "no tables in common\n"
            "added tables: b\n"
            "lost tables: a\n"
            "\n"
            "2 figures break thresholds:\n"
            "  x\n"
            "  y\n");
}

TEST(PrintComparisonTest, WhatTheServerNamesCannotSteerTheTerminal) {
  const std::string text = Printed(R"(
      model: "m\033[2J" before: 1 after: 2
      tables {
        query_table: "q\033[2J" table: "t\n" k: 10 queries: 1
        some_lost: "l\033" ids_lost: 1 some_added: "a\r" ids_added: 1
        most_changed { id: "c\007" }
      }
      tables_added: "n\033" tables_lost: "o\033" broken: "b\033")");
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
  EXPECT_THAT(text, Not(HasSubstr("\007")));
  EXPECT_THAT(text, AllOf(HasSubstr("q\\x1b[2J -> t\\n"), HasSubstr("c\\x07"),
                          HasSubstr("b\\x1b")));
}

}  // namespace
}  // namespace akin::client
