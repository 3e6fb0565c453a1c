#include "index/search/calibration.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace akin {
namespace {

// Recall 0.5, 0.75, 0.95, 0.99 at efforts k, 2k, 4k, 8k times `hardness`.
RecallCurve Curve(const std::string& query_table, uint32_t k,
                  uint32_t hardness = 1) {
  RecallCurve curve{query_table, k, 500, {}};
  uint32_t effort = k * hardness;
  for (const float recall : {0.5f, 0.75f, 0.95f, 0.99f}) {
    curve.points.push_back({effort, recall, 10.0f * effort, 0.5f * effort});
    effort *= 2;
  }
  return curve;
}

Calibration OwnAndUsers() {
  return Calibration({Curve("", 10), Curve("", 100), Curve("users", 10, 3),
                      Curve("users", 100, 3)},
                     0);
}

TEST(Calibration, OrdersCurvesByTableAndK) {
  const Calibration mixed({Curve("users", 100, 3), Curve("", 100),
                           Curve("users", 10, 3), Curve("", 10)},
                          0);
  std::vector<std::pair<std::string, uint32_t>> order;
  for (const RecallCurve& curve : mixed.curves()) {
    order.emplace_back(curve.query_table, curve.k);
  }
  EXPECT_EQ(order, (std::vector<std::pair<std::string, uint32_t>>{
                       {"users", 10}, {"users", 100}, {"", 10}, {"", 100}}));
  const Calibration ordered = OwnAndUsers();
  for (const size_t k : {1, 10, 40, 100, 400}) {
    for (const char* table : {"", "users", "*"}) {
      EXPECT_EQ(mixed.EffortFor(0.9f, k, table),
                ordered.EffortFor(0.9f, k, table));
    }
  }
}

TEST(EffortFor, MeasuredPointsAreTakenAsTheyAre) {
  const Calibration calibration = OwnAndUsers();
  EXPECT_EQ(calibration.EffortFor(0.5f, 10, ""), 10u);
  EXPECT_EQ(calibration.EffortFor(0.75f, 10, ""), 20u);
  EXPECT_EQ(calibration.EffortFor(0.95f, 10, ""), 40u);
  EXPECT_EQ(calibration.EffortFor(0.99f, 10, ""), 80u);
  EXPECT_EQ(calibration.EffortFor(0.95f, 100, ""), 400u);
}

TEST(EffortFor, NeverBelowTheLeastMeasuredEffort) {
  EXPECT_EQ(OwnAndUsers().EffortFor(0.001f, 10, ""), 10u);
}

TEST(EffortFor, BetweenPointsItRoundsUpOnTheLogarithm) {
  // Half way from 0.75 to 0.95: 20 * sqrt(2) = 28.3.
  EXPECT_EQ(OwnAndUsers().EffortFor(0.85f, 10, ""), 29u);
}

TEST(EffortFor, MoreRecallNeverTakesLessEffort) {
  const Calibration calibration = OwnAndUsers();
  for (const size_t k : {1, 7, 10, 31, 100, 101, 5000}) {
    size_t last = 0;
    for (float target = 0.01f; target < 0.99f; target += 0.01f) {
      const auto effort = calibration.EffortFor(target, k, "");
      ASSERT_TRUE(effort.has_value());
      EXPECT_GE(*effort, last);
      EXPECT_GE(*effort, k);
      last = *effort;
    }
  }
}

TEST(EffortFor, WhatNoPointReachedIsLeftToExactSearch) {
  const Calibration calibration = OwnAndUsers();
  EXPECT_FALSE(calibration.EffortFor(0.991f, 10, "").has_value());
  EXPECT_FALSE(calibration.EffortFor(0.991f, 50, "").has_value());
  EXPECT_FALSE(calibration.EffortFor(0.991f, 1000, "").has_value());
  EXPECT_FALSE(Calibration().EffortFor(0.5f, 10, "").has_value());
}

TEST(EffortFor, ATargetOfOneIsExactEvenWhereTheSampleMissedNone) {
  RecallCurve curve = Curve("", 10);
  curve.points.push_back({160, 1.0f, 1, 1});
  const Calibration calibration({curve}, 0);
  // Nine tenths of the way from 80 to 160: 80 * 2^0.9 = 149.3.
  EXPECT_EQ(calibration.EffortFor(0.999f, 10, ""), 150u);
  EXPECT_FALSE(calibration.EffortFor(1.0f, 10, "").has_value());
}

TEST(EffortFor, NothingWhereExactSearchIsFaster) {
  // Half a microsecond per effort: 20 at 0.95, 40 at 0.99; 200 for 100.
  const Calibration calibration({Curve("", 10), Curve("", 100)}, 25);
  EXPECT_EQ(calibration.EffortFor(0.95f, 10, ""), 40u);
  EXPECT_TRUE(calibration.EffortFor(0.955f, 10, "").has_value());
  EXPECT_FALSE(calibration.EffortFor(0.99f, 10, "").has_value());
  EXPECT_FALSE(calibration.EffortFor(0.95f, 100, "").has_value());
  EXPECT_FALSE(calibration.EffortFor(0.95f, 50, "").has_value());
  // Ten times as many take ten times as long.
  const Calibration slow({Curve("", 100)}, 1000);
  EXPECT_TRUE(slow.EffortFor(0.95f, 500, "").has_value());
  EXPECT_FALSE(slow.EffortFor(0.95f, 501, "").has_value());
}

TEST(EffortFor, BetweenMeasuredKItInterpolatesOnTheLogarithm) {
  const Calibration calibration = OwnAndUsers();
  // 40 at 10 and 400 at 100: 4 k.
  EXPECT_EQ(calibration.EffortFor(0.95f, 25, ""), 100u);
  EXPECT_EQ(calibration.EffortFor(0.95f, 99, ""), 396u);
}

TEST(EffortFor, BetweenMeasuredKBothMustReachTheTarget) {
  RecallCurve small = Curve("", 10);
  small.points.pop_back();
  const Calibration calibration({small, Curve("", 100)}, 0);
  EXPECT_FALSE(calibration.EffortFor(0.99f, 50, "").has_value());
  EXPECT_TRUE(calibration.EffortFor(0.99f, 100, "").has_value());
}

TEST(EffortFor, OutsideTheMeasuredKItGrowsUpwardsAndStaysDownwards) {
  const Calibration calibration = OwnAndUsers();
  EXPECT_EQ(calibration.EffortFor(0.95f, 1, ""), 40u);
  EXPECT_EQ(calibration.EffortFor(0.95f, 1000, ""), 4000u);
  EXPECT_EQ(calibration.EffortFor(0.95f, 10'000, ""), 40'000u);
}

TEST(EffortFor, QueriesOfAnotherTableHaveTheirOwnCurve) {
  const Calibration calibration = OwnAndUsers();
  EXPECT_EQ(calibration.EffortFor(0.95f, 10, "users"), 120u);
  EXPECT_EQ(calibration.EffortFor(0.95f, 10, ""), 40u);
}

TEST(EffortFor, AnUnknownQueryTableGetsTheLargestEffort) {
  const Calibration calibration = OwnAndUsers();
  EXPECT_EQ(calibration.EffortFor(0.95f, 10, "visitors"), 120u);
  EXPECT_EQ(calibration.EffortFor(0.95f, 10, kAnyTable), 120u);
}

TEST(EffortFor, AnUnknownQueryTableIsExactWhenOneOfAllDidNotReach) {
  RecallCurve users = Curve("users", 10, 3);
  users.points.pop_back();
  for (const bool users_first : {false, true}) {
    std::vector<RecallCurve> curves = {Curve("", 10), users};
    if (users_first) std::swap(curves[0], curves[1]);
    const Calibration calibration(std::move(curves), 0);
    EXPECT_TRUE(calibration.EffortFor(0.99f, 10, "").has_value());
    EXPECT_FALSE(calibration.EffortFor(0.99f, 10, kAnyTable).has_value());
  }
}

TEST(Expect, StatesMeasuredPointsAndInterpolates) {
  const Calibration calibration = OwnAndUsers();
  const auto measured = calibration.Expect(40, 10, "");
  ASSERT_TRUE(measured.has_value());
  EXPECT_EQ(measured->effort, 40u);
  EXPECT_FLOAT_EQ(measured->recall, 0.95f);
  EXPECT_FLOAT_EQ(measured->distances, 400);
  EXPECT_FLOAT_EQ(measured->microseconds, 20);
  const auto between = calibration.Expect(28, 10, "");
  EXPECT_NEAR(between->recall, 0.847, 0.001);
  EXPECT_NEAR(between->microseconds, 14.85, 0.01);
}

TEST(Expect, SaysNothingBelowWhatWasMeasured) {
  EXPECT_FALSE(OwnAndUsers().Expect(9, 10, "").has_value());
  EXPECT_FALSE(OwnAndUsers().Expect(199, 200, "").has_value());
  EXPECT_FALSE(Calibration().Expect(9, 10, "").has_value());
}

TEST(Expect, BeyondTheLargestEffortOnlyTheCostGrows) {
  const auto point = OwnAndUsers().Expect(800, 10, "");
  ASSERT_TRUE(point.has_value());
  EXPECT_FLOAT_EQ(point->recall, 0.99f);
  EXPECT_FLOAT_EQ(point->distances, 8000);
  EXPECT_FLOAT_EQ(point->microseconds, 400);
}

TEST(Expect, AboveTheLargestKThePoolIsSharedByMore) {
  const auto point = OwnAndUsers().Expect(4000, 1000, "");
  ASSERT_TRUE(point.has_value());
  EXPECT_FLOAT_EQ(point->recall, 0.95f);
  EXPECT_FLOAT_EQ(point->distances, 40'000);
}

TEST(Expect, OfAnUnknownQueryTableIsTheWorst) {
  const auto point = OwnAndUsers().Expect(120, 10, kAnyTable);
  ASSERT_TRUE(point.has_value());
  EXPECT_FLOAT_EQ(point->recall, 0.95f);
  EXPECT_FLOAT_EQ(point->distances, 1200);
}

TEST(Expect, KeepsWhatEffortForPromised) {
  const Calibration calibration = OwnAndUsers();
  for (const size_t k : {10, 100, 300}) {
    for (const char* table : {"", "users", "*"}) {
      for (float target = 0.5f; target < 0.99f; target += 0.013f) {
        const auto effort = calibration.EffortFor(target, k, table);
        ASSERT_TRUE(effort.has_value());
        const auto point = calibration.Expect(*effort, k, table);
        ASSERT_TRUE(point.has_value());
        EXPECT_GE(point->recall, target - 1e-6f) << table << " " << k;
      }
    }
  }
}

// Between two measured k the effort may be below where the larger one's curve
// begins.
TEST(Expect, KnowsWhatAnEffortCostsForEveryK) {
  const Calibration calibration = OwnAndUsers();
  for (const size_t k : {2, 5, 11, 20, 50, 99}) {
    const auto effort = calibration.EffortFor(0.6f, k, "");
    ASSERT_TRUE(effort.has_value()) << k;
    EXPECT_TRUE(calibration.Expect(*effort, k, "").has_value()) << k;
  }
}

}  // namespace
}  // namespace akin
