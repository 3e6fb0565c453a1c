#include "index/query/table_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Table Numbered(int begin, int end, float length = 1) {
  Rows rows;
  for (int i = begin; i < end; ++i) {
    rows.emplace_back(absl::StrCat("r", i), std::vector<float>{length});
  }
  return MakeTable("items", Metric::kDot, rows);
}

TableDifference Compared(const Table& before, const Table& after,
                         uint64_t seed = 1) {
  auto difference = CompareTables(before, after, seed, nullptr);
  EXPECT_THAT(difference, IsOk());
  return *std::move(difference);
}

TEST(CompareTablesTest, NamesTheFirstIdsInTheOrderOfTheirTable) {
  const Table before = Numbered(0, 30);
  const Table after = Numbered(12, 45);
  const TableDifference difference = Compared(before, after);
  EXPECT_EQ(difference.ids_lost, 12u);
  EXPECT_EQ(difference.ids_added, 15u);
  EXPECT_THAT(difference.some_lost, ElementsAre("r0", "r1", "r2", "r3", "r4",
                                                "r5", "r6", "r7", "r8", "r9"));
  EXPECT_THAT(difference.some_added,
              ElementsAre("r30", "r31", "r32", "r33", "r34", "r35", "r36",
                          "r37", "r38", "r39"));
  ASSERT_THAT(difference.sample, SizeIs(18));
  for (const SharedRow& row : difference.sample) {
    EXPECT_EQ(before.ids().Id(row.before), after.ids().Id(row.after));
  }
}

TEST(CompareTablesTest, NothingSharedIsNoError) {
  const TableDifference difference = Compared(Numbered(0, 3), Numbered(3, 5));
  EXPECT_EQ(difference.ids_lost, 3u);
  EXPECT_EQ(difference.ids_added, 2u);
  EXPECT_THAT(difference.some_added, ElementsAre("r3", "r4"));
  EXPECT_THAT(difference.sample, IsEmpty());
  EXPECT_EQ(difference.norm_ratio, 0);
}

std::vector<uint32_t> RowsBefore(const TableDifference& difference) {
  std::vector<uint32_t> rows;
  for (const SharedRow& row : difference.sample) rows.push_back(row.before);
  return rows;
}

TEST(CompareTablesTest, SamplesEvenlyAndTheSameForTheSameSeed) {
  const Table table = Numbered(0, 30'000);
  const std::vector<uint32_t> sample = RowsBefore(Compared(table, table, 1));
  ASSERT_THAT(sample, SizeIs(kSampledIds));
  EXPECT_THAT(std::set<uint32_t>(sample.begin(), sample.end()),
              SizeIs(kSampledIds));
  EXPECT_EQ(sample, RowsBefore(Compared(table, table, 1)));
  EXPECT_NE(sample, RowsBefore(Compared(table, table, 2)));
  // A third of the whole and of its first thousand come from each third of the
  // table: six deviations are 6 sqrt(n 2 / 9).
  const auto in_first_third = [&](size_t count) {
    return std::count_if(sample.begin(),
                         sample.begin() + static_cast<ptrdiff_t>(count),
                         [](uint32_t row) { return row < 10'000; });
  };
  EXPECT_NEAR(in_first_third(10'000), 3333, 283);
  EXPECT_NEAR(in_first_third(1'000), 333, 90);
}

TEST(CompareTablesTest, NormRatioIsTheMedianAndLeavesOutZeroLengths) {
  const Table before = MakeTable("t", Metric::kDot,
                                 {{"a", {2, 0}},
                                  {"b", {0, 2}},
                                  {"c", {3, 4}},
                                  {"zero", {0, 0}},
                                  {"vanishes", {1, 0}}});
  const Table after = MakeTable("t", Metric::kDot,
                                {{"a", {200, 0}},
                                 {"c", {6, 8}},
                                 {"b", {2, 0}},
                                 {"zero", {5, 5}},
                                 {"vanishes", {0, 0}}});
  EXPECT_DOUBLE_EQ(Compared(before, after).norm_ratio, 2);
  EXPECT_DOUBLE_EQ(Compared(after, before).norm_ratio, 0.5);
}

TEST(CompareTablesTest, LengthsAreThoseAsTrainedUnderCosine) {
  const Table before = MakeTable("t", Metric::kCosine, {{"a", {3, 4}}});
  const Table after = MakeTable("t", Metric::kCosine, {{"a", {6, 8, 0}}});
  EXPECT_NEAR(Compared(before, after).norm_ratio, 2, 1e-6);
}

TEST(CompareTablesTest, Stops) {
  const Table table = Numbered(0, 10);
  StopSignal cancelled;
  cancelled.Cancel();
  EXPECT_THAT(CompareTables(table, table, 1, &cancelled),
              IsStatus(StatusCode::kCancelled, HasSubstr("table items")));
  const StopSignal late(StopSignal::Clock::now() - std::chrono::seconds(1));
  EXPECT_THAT(
      CompareTables(table, table, 1, &late),
      IsStatus(StatusCode::kDeadlineExceeded, HasSubstr("table items")));
}

}  // namespace
}  // namespace akin
