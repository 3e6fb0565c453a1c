#include "client/cli/recall_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

struct Measured {
  float recall;
  float microseconds;
};

void AddCurve(const std::string& query_table, uint32_t k,
              const std::vector<Measured>& points, v1::Table* table) {
  v1::RecallCurve* curve = table->add_calibration();
  curve->set_query_table(query_table);
  curve->set_k(k);
  uint32_t effort = 10;
  for (const auto& [recall, microseconds] : points) {
    v1::RecallPoint* point = curve->add_points();
    point->set_effort(effort *= 2);
    point->set_recall(recall);
    point->set_microseconds(microseconds);
  }
}

v1::Table OneCurve(const std::vector<Measured>& points) {
  v1::Table table;
  table.set_name("words");
  table.mutable_load_report()->set_exact_microseconds(410);
  AddCurve("", 1, {{1, 1}}, &table);
  AddCurve("", 10, points, &table);
  return table;
}

std::string Plotted(const v1::Table& table, bool blocks) {
  std::ostringstream out;
  std::ostringstream err;
  PrintRecallPlot({.out = out, .err = err, .blocks = blocks}, table);
  EXPECT_EQ(err.str(), "");
  return out.str();
}

const std::vector<Measured> kUsual = {
    {0.80f, 10}, {0.90f, 20}, {0.98f, 40}, {0.995f, 80}};

TEST(PrintRecallPlot, InAscii) {
  EXPECT_EQ(Plotted(OneCurve(kUsual), false),
            R"(recall@10 over the time of a search on one thread
1.00 |                                                   ***********
     |                                     **************
0.95 |                              *******
     |                        ******
0.90 |                  ******
     |             *****
0.85 |        *****
     |   *****
0.80 |***
     ++-------------------+--------------------------+--------------
      10 us               20 us                      50 us
recall@10 0.95: 32 us, 0.99: 67 us; exact: 410 us
)");
}

TEST(PrintRecallPlot, InBrailleWhereItIsShown) {
  const std::string text = Plotted(OneCurve(kUsual), true);
  EXPECT_THAT(text, HasSubstr("⠤⠤"));
  EXPECT_THAT(text, Not(HasSubstr("*")));
  EXPECT_THAT(text, HasSubstr("recall@10 0.95: 32 us"));
}

TEST(PrintRecallPlot, HasALineForEveryTableThatAsks) {
  v1::Table table = OneCurve(kUsual);
  AddCurve("users", 10, {{0.82f, 20}, {0.97f, 100}}, &table);
  AddCurve("users", 100, {{0.82f, 20}, {0.97f, 100}}, &table);
  const std::string text = Plotted(table, false);
  EXPECT_THAT(text, HasSubstr("* queries from words: recall@10 0.95: 32 us, "
                              "0.99: 67 us; exact: 410 us\n"));
  EXPECT_THAT(text, HasSubstr("o queries from users: recall@10 0.95: 89 us, "
                              "0.99: not reached; exact: 410 us\n"));
  EXPECT_THAT(text, HasSubstr("ooo"));
  const std::string braille = Plotted(table, true);
  EXPECT_THAT(braille, HasSubstr("⠤⠤⠤⠤ queries from words"));
  EXPECT_THAT(braille, HasSubstr("⠤ ⠤  queries from users"));
}

TEST(PrintRecallPlot, IsAtMost72ColumnsWide) {
  const std::vector<std::vector<Measured>> curves = {
      kUsual,
      {{0.5f, 3}},
      {{0.999f, 999'999}},
      {{0.1f, 5}, {0.2f, 6}, {0.3f, 7}},
      {{0, 0}, {1, 0}},
      {{0.9f, 0.01f}, {1, 1e8f}},
      {{0.9f, 30}, {0.95f, 20}, {1, 10}}};
  for (const auto& points : curves) {
    for (const bool blocks : {false, true}) {
      const std::string text = Plotted(OneCurve(points), blocks);
      const std::vector<std::string> lines = absl::StrSplit(text, '\n');
      // A title, nine rows, the axis, its labels, the sentence and its end.
      EXPECT_EQ(lines.size(), 14u);
      for (size_t i = 0; i + 2 < lines.size(); ++i) {
        EXPECT_LE(DisplayWidth(lines[i]), 72) << text;
        EXPECT_THAT(lines[i], Not(EndsWith(" ")));
      }
    }
  }
}

TEST(PrintRecallPlot, ASinglePointIsSeen) {
  EXPECT_THAT(Plotted(OneCurve({{0.95f, 12}}), false), HasSubstr("*"));
}

TEST(PrintRecallPlot, TheScaleFollowsTheCurve) {
  EXPECT_THAT(Plotted(OneCurve({{0.97f, 12}, {0.999f, 30}}), false),
              HasSubstr("\n0.96 |"));
  EXPECT_THAT(Plotted(OneCurve({{0.93f, 12}, {0.999f, 30}}), false),
              HasSubstr("\n0.92 |"));
  EXPECT_THAT(Plotted(OneCurve({{0.2f, 12}, {0.999f, 30}}), false),
              HasSubstr("\n0.80 |"));
  EXPECT_THAT(Plotted(OneCurve({{0.2f, 12}, {0.6f, 30}}), false),
              HasSubstr("\n0.00 |"));
}

TEST(PrintRecallPlot, NothingWithoutACurveForTen) {
  v1::Table table;
  EXPECT_EQ(Plotted(table, false), "");
  AddCurve("", 1, kUsual, &table);
  AddCurve("", 100, kUsual, &table);
  AddCurve("", 10, {}, &table);
  EXPECT_EQ(Plotted(table, false), "");
}

TEST(MicrosecondsAt, InterpolatesAndSaysWhatWasNotReached) {
  const v1::Table table = OneCurve(kUsual);
  const v1::RecallCurve& curve = table.calibration(1);
  EXPECT_EQ(MicrosecondsAt(curve, 0.5), 10);
  EXPECT_EQ(MicrosecondsAt(curve, 0.8), 10);
  EXPECT_NEAR(*MicrosecondsAt(curve, 0.85), 15, 1e-4);
  EXPECT_NEAR(*MicrosecondsAt(curve, 0.98), 40, 1e-4);
  EXPECT_FALSE(MicrosecondsAt(curve, 0.999).has_value());
  EXPECT_FALSE(MicrosecondsAt({}, 0.5).has_value());
}

TEST(TimeWord, HasTheUnitThatFits) {
  EXPECT_EQ(TimeWord(0.05), "0.050 us");
  EXPECT_EQ(TimeWord(5), "5 us");
  EXPECT_EQ(TimeWord(9.44), "9.4 us");
  EXPECT_EQ(TimeWord(9.97), "10 us");
  EXPECT_EQ(TimeWord(410.4), "410 us");
  EXPECT_EQ(TimeWord(999.7), "1.0 ms");
  EXPECT_EQ(TimeWord(1234), "1.2 ms");
  EXPECT_EQ(TimeWord(45'600), "46 ms");
  EXPECT_EQ(TimeWord(2e6), "2 s");
}

}  // namespace
}  // namespace akin::client
