#include "tests/bench/engine/curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace akin::bench {
namespace {

using ::testing::ElementsAre;

std::vector<size_t> Efforts(const std::vector<CurvePoint>& points) {
  std::vector<size_t> out;
  out.reserve(points.size());
  for (const CurvePoint& point : points) out.push_back(point.effort);
  return out;
}

TEST(ParetoFrontTest, DropsWhatIsBeatenInBoth) {
  // Effort 20 is slower than 30 and finds less; 40 ties with 30 in recall.
  EXPECT_THAT(
      Efforts(ParetoFront(
          {{10, 0.8, 100}, {20, 0.85, 40}, {30, 0.9, 50}, {40, 0.9, 45}})),
      ElementsAre(10, 30));
}

TEST(ParetoFrontTest, RisesInRecallAndFallsInSpeed) {
  const auto front = ParetoFront({{5, 0.99, 10},
                                  {4, 0.7, 80},
                                  {3, 0.95, 30},
                                  {2, 0.97, 31},
                                  {1, 0.5, 79}});
  EXPECT_THAT(Efforts(front), ElementsAre(4, 2, 5));
}

TEST(ParetoFrontTest, EmptyStaysEmpty) { EXPECT_TRUE(ParetoFront({}).empty()); }

TEST(ReadCurveTest, IsLogLinearBetweenPoints) {
  const std::vector<CurvePoint> front = {{10, 0.8, 1000}, {40, 1.0, 10}};
  const auto reading = ReadCurve(front, 0.9);
  ASSERT_TRUE(reading.has_value());
  EXPECT_NEAR(reading->qps, 100, 1e-9);    // the geometric mean
  EXPECT_NEAR(reading->effort, 20, 1e-9);  // likewise
  EXPECT_FALSE(reading->exceeded);
}

TEST(ReadCurveTest, GivesThePointsThemselves) {
  const std::vector<CurvePoint> front = {{10, 0.8, 1000}, {40, 0.9, 10}};
  EXPECT_NEAR(ReadCurve(front, 0.9)->qps, 10, 1e-9);
  EXPECT_NEAR(ReadCurve(front, 0.8)->qps, 1000, 1e-9);
  EXPECT_FALSE(ReadCurve(front, 0.8)->exceeded);
}

TEST(ReadCurveTest, SaysWhenTheLeastEffortIsAlreadyBeyond) {
  const std::vector<CurvePoint> front = {{10, 0.96, 1000}, {40, 0.99, 10}};
  const auto reading = ReadCurve(front, 0.95);
  ASSERT_TRUE(reading.has_value());
  EXPECT_TRUE(reading->exceeded);
  EXPECT_EQ(reading->qps, 1000);
}

TEST(ReadCurveTest, NothingBeyondTheEnd) {
  const std::vector<CurvePoint> front = {{10, 0.8, 1000}, {40, 0.9, 10}};
  EXPECT_FALSE(ReadCurve(front, 0.91).has_value());
  EXPECT_FALSE(ReadCurve({}, 0.5).has_value());
}

// Recall of an imaginary engine.
double RecallOf(size_t effort) {
  return 1 - 5.0 / static_cast<double>(effort + 10);
}

TEST(FindMixTest, FindsNeighboursFromAnyGuess) {
  for (const size_t guess : {1, 10, 39, 40, 41, 1000, 5000}) {
    std::set<size_t> asked;
    const auto mix = FindMix(0.9001, 10, 4000, guess, [&](size_t effort) {
      EXPECT_TRUE(asked.insert(effort).second) << effort << " asked twice";
      return RecallOf(effort);
    });
    ASSERT_TRUE(mix.has_value());
    EXPECT_EQ(mix->low, 40u);
    EXPECT_EQ(mix->high, 41u);
    EXPECT_FALSE(mix->exceeded);
    EXPECT_NEAR(mix->Mean(RecallOf(40), RecallOf(41)), 0.9001, 1e-12);
  }
}

TEST(FindMixTest, ExactHitNeedsOnlyTheLarger) {
  const auto mix = FindMix(0.9, 10, 4000, 64, RecallOf);
  ASSERT_TRUE(mix.has_value());
  EXPECT_EQ(mix->high, 40u);
  EXPECT_NEAR(mix->share_high, 1, 1e-9);
}

TEST(FindMixTest, LeastEffortMayExceed) {
  const auto mix = FindMix(0.5, 10, 4000, 64, RecallOf);
  ASSERT_TRUE(mix.has_value());
  EXPECT_TRUE(mix->exceeded);
  EXPECT_EQ(mix->low, 10u);
  EXPECT_EQ(mix->high, 10u);
  EXPECT_EQ(mix->recall, 0.75);
}

TEST(FindMixTest, NothingWhenTheMostIsTooLittle) {
  EXPECT_FALSE(FindMix(0.9, 10, 20, 15, RecallOf).has_value());
}

TEST(FindMixTest, CopesWithStepsAndDips) {
  // Efforts count in steps of 16, and 70 is worse than 48.
  const auto recall_of = [](size_t effort) {
    if (effort >= 70 && effort < 80) return 0.85;
    const size_t steps = effort / 16;
    return 0.7 + 0.1 * static_cast<double>(steps);
  };
  const auto mix = FindMix(0.95, 10, 4000, 75, recall_of);
  ASSERT_TRUE(mix.has_value());
  EXPECT_EQ(mix->low + 1, mix->high);
  EXPECT_LT(recall_of(mix->low), 0.95);
  EXPECT_GE(recall_of(mix->high), 0.95);
}

TEST(GrowthExponentTest, FindsThePower) {
  std::vector<double> x = {1e5, 2e5, 5e5, 1e6};
  std::vector<double> y;
  y.reserve(x.size());
  for (const double value : x) y.push_back(7 * std::pow(value, 0.13));
  EXPECT_NEAR(GrowthExponent(x, y), 0.13, 1e-12);
}

}  // namespace
}  // namespace akin::bench
