#include "index/query/allowed_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "tests/index/query/asked_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr size_t kRows = 2000;

std::vector<uint32_t> FirstRows(size_t count) {
  std::vector<uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

RowSet EvenRows() {
  RowSet even(kRows);
  for (uint32_t row = 0; row < kRows; row += 2) even.Add(row);
  return even;
}

TEST(RowSet, AllAndRemove) {
  for (const size_t rows : {0, 1, 63, 64, 65, 1000}) {
    RowSet set = RowSet::All(rows);
    EXPECT_EQ(set.count(), rows);
    size_t seen = 0;
    set.ForEach(0, rows, [&](uint32_t row) { EXPECT_EQ(row, seen++); });
    EXPECT_EQ(seen, rows);
    if (rows == 0) continue;
    set.Remove(static_cast<uint32_t>(rows - 1));
    set.Remove(static_cast<uint32_t>(rows - 1));
    EXPECT_EQ(set.count(), rows - 1);
    EXPECT_FALSE(set.Contains(static_cast<uint32_t>(rows - 1)));
  }
}

TEST(AllowedRows, NothingIsLeftOut) {
  const RowRules rules;
  const AllowedRows allowed(rules, {}, kRows, 10);
  EXPECT_EQ(allowed.set(), nullptr);
  EXPECT_EQ(allowed.surplus(), 0u);
  EXPECT_EQ(allowed.excluded(), 0u);
  EXPECT_TRUE(allowed.Contains(0));
}

TEST(AllowedRows, FewAreTakenOutManyAreABitmap) {
  for (const size_t k : {size_t{10}, kMostSurplus + 100}) {
    const size_t border = std::max(k, kMostSurplus);
    const RowRules few = MakeRowRules(kRows, k, {}, FirstRows(border));
    EXPECT_FALSE(few.allowed.has_value());
    const AllowedRows taken_out(few, {}, kRows, k);
    EXPECT_EQ(taken_out.set(), nullptr);
    EXPECT_EQ(taken_out.surplus(), border);

    const RowRules many = MakeRowRules(kRows, k, {}, FirstRows(border + 1));
    ASSERT_TRUE(many.allowed.has_value());
    EXPECT_EQ(many.allowed->count(), kRows - border - 1);
    const AllowedRows bitmap(many, {}, kRows, k);
    EXPECT_EQ(bitmap.set(), &*many.allowed);
    EXPECT_EQ(bitmap.surplus(), 0u);
    EXPECT_EQ(bitmap.excluded(), border + 1);
  }
}

TEST(AllowedRows, OwnRowsAreTakenOutOnTopOfABitmap) {
  const RowRules rules = MakeRowRules(kRows, 10, {}, FirstRows(1000));
  const AllowedRows allowed(rules, {1500, 3, 1500}, kRows, 10);
  EXPECT_EQ(allowed.set(), &*rules.allowed);
  EXPECT_EQ(allowed.excluded(), 1001u);
  EXPECT_FALSE(allowed.Contains(3));
  EXPECT_FALSE(allowed.Contains(1500));
  EXPECT_TRUE(allowed.Contains(1501));
}

TEST(AllowedRows, ManyOwnRowsHaveABitmapOfTheirOwn) {
  const RowRules rules = MakeRowRules(kRows, 10, EvenRows(), {2, 3});
  const AllowedRows allowed(rules, FirstRows(600), kRows, 10);
  ASSERT_NE(allowed.set(), nullptr);
  EXPECT_NE(allowed.set(), &*rules.matching);
  EXPECT_EQ(allowed.set()->count(), (kRows - 600) / 2);
  EXPECT_EQ(allowed.surplus(), 0u);
  EXPECT_EQ(allowed.excluded(), 600u);
  const AllowedRows moved = AllowedRows(rules, FirstRows(600), kRows, 10);
  EXPECT_FALSE(moved.Contains(598));
  EXPECT_TRUE(moved.Contains(600));
  EXPECT_FALSE(moved.Contains(601));
}

TEST(AllowedRows, TheFilterAndTheExcluded) {
  const RowRules few = MakeRowRules(kRows, 10, EvenRows(), {4, 2, 2, 3});
  EXPECT_THAT(few.excluded, ElementsAre(2, 3, 4));
  const AllowedRows taken_out(few, {6}, kRows, 10);
  EXPECT_EQ(taken_out.set(), &*few.matching);
  EXPECT_EQ(taken_out.surplus(), 4u);
  std::vector<Neighbor> found = {{2, 1}, {8, 1}, {6, 1}, {10, 1}};
  taken_out.TakeOutSurplus(&found);
  EXPECT_THAT(found, ElementsAre(Neighbor{8, 1}, Neighbor{10, 1}));

  const RowRules many = MakeRowRules(kRows, 10, EvenRows(), FirstRows(1000));
  EXPECT_EQ(many.allowed->count(), 500u);
  EXPECT_EQ(many.matching->count(), 1000u);
  const AllowedRows bitmap(many, {}, kRows, 10);
  EXPECT_FALSE(bitmap.Contains(998));
  EXPECT_TRUE(bitmap.Contains(1000));
  EXPECT_FALSE(bitmap.Contains(1001));
}

// On both sides of the border the answer is the same as that of leaving the
// rows out by hand.
TEST(AllowedRows, TheAnswerIsTheSameOnBothSides) {
  const AskedVersion asked(Metric::kDot, RandomRows(kRows, 8, 11));
  const std::vector<float> query = {1, -2, 0.5, 3, 0, 0, 1, 2};
  const auto all = asked.Ask(absl::MakeConstSpan(query), {.k = kRows});
  ASSERT_THAT(all, IsOk());
  for (const size_t excluded : {0, 1, 511, 512, 513, 514, 1990}) {
    for (const uint32_t k : {1u, 10u, 511u, 513u, 600u}) {
      SearchOptions options;
      options.k = k;
      std::vector<std::string> expected;
      for (size_t i = 0; i < all->hits.size(); ++i) {
        if (i < excluded) {
          options.exclude_ids.push_back(all->hits[i].id);
        } else if (expected.size() < k) {
          expected.emplace_back(all->hits[i].id);
        }
      }
      EXPECT_EQ(IdsOf(asked.Ask(absl::MakeConstSpan(query), options)), expected)
          << excluded << " excluded, k " << k;
    }
  }
}

TEST(AllowedRows, WhatNeedsAttributesIsRefusedWithoutThem) {
  const AskedVersion asked(Metric::kDot, RandomRows(3, 2, 1));
  const auto run = [&](const SearchOptions& options) {
    return ReadRowRules(asked.version(), asked.target(), options, nullptr)
        .status();
  };
  const auto refused =
      IsStatus(absl::StatusCode::kInvalidArgument, "table t has no attributes");
  const Predicate predicate;
  SearchOptions options;
  options.filter = &predicate;
  EXPECT_THAT(run(options), refused);
  options = {};
  options.group_by = Grouping{"colour"};
  EXPECT_THAT(run(options), refused);
  options = {};
  options.exclude_from = AttributeIds{"", "r0", "seen"};
  EXPECT_THAT(run(options), refused);
  options.exclude_from->table = "users";
  EXPECT_THAT(run(options), IsStatus(absl::StatusCode::kNotFound));
  options = {};
  options.exclude_ids = {"r1", "nobody"};
  EXPECT_THAT(run(options), IsOk());
}

}  // namespace
}  // namespace akin
