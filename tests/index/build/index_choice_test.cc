#include "index/build/index_choice.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace akin {
namespace {

RecallCurve Curve(const std::string& query_table, std::vector<float> recalls,
                  float microseconds, uint32_t k = 10) {
  RecallCurve curve{query_table, k, 500, {}};
  uint32_t effort = k;
  for (const float recall : recalls) {
    curve.points.push_back({effort, recall, 1, microseconds});
    effort *= 2;
    microseconds *= 2;
  }
  return curve;
}

TEST(GraphMayPay, NotWhereAWalkComparesAsManyRowsAsThereAre) {
  for (const double exact : {0.1, 10.0, 1e6}) {
    EXPECT_FALSE(GraphMayPay(exact, 1));
    EXPECT_FALSE(GraphMayPay(exact, 600));
  }
  EXPECT_FALSE(GraphMayPay(0, 0));
}

TEST(GraphMayPay, NotWhereExactSearchIsAlreadyAsFastAsAWalkBegins) {
  EXPECT_FALSE(GraphMayPay(2, 1'000'000));
  EXPECT_TRUE(GraphMayPay(2.1, 1'000'000));
}

TEST(GraphMayPay, TheDearerARowTheSmallerTheTable) {
  // 3,000 rows of 8 numbers, and of 1,000.
  EXPECT_FALSE(GraphMayPay(2.2, 3000));
  EXPECT_TRUE(GraphMayPay(300, 3000));
  EXPECT_TRUE(GraphMayPay(400, 20'000));
}

TEST(UsualSearchFor, TheDefaultTargetOnTheCurve) {
  const Calibration calibration({Curve("", {0.85f, 0.95f, 0.99f}, 8)}, 400);
  const auto usual = UsualSearchFor(calibration, "");
  ASSERT_TRUE(usual.has_value());
  EXPECT_TRUE(usual->reached);
  EXPECT_NEAR(usual->recall, 0.95, 1e-6);
  EXPECT_NEAR(usual->microseconds, 16, 1e-3);
}

TEST(UsualSearchFor, SaysWhatTheGraphTakesWhereExactSearchIsFaster) {
  const auto usual =
      UsualSearchFor(Calibration({Curve("", {0.85f, 0.95f, 0.99f}, 8)}, 2), "");
  ASSERT_TRUE(usual.has_value());
  EXPECT_TRUE(usual->reached);
  EXPECT_NEAR(usual->microseconds, 16, 1e-3);
}

TEST(UsualSearchFor, TheMostThatWasFoundWhereTheTargetIsNotReached) {
  const Calibration calibration({Curve("", {0.5f, 0.7f}, 8)}, 400);
  const auto usual = UsualSearchFor(calibration, "");
  ASSERT_TRUE(usual.has_value());
  EXPECT_FALSE(usual->reached);
  EXPECT_FLOAT_EQ(usual->recall, 0.7f);
}

TEST(UsualSearchFor, ATableOfLessThanTenRowsHasACurveForOneNeighbour) {
  const Calibration calibration({Curve("", {0.9f, 1.0f}, 8, 1)}, 400);
  const auto usual = UsualSearchFor(calibration, "");
  ASSERT_TRUE(usual.has_value());
  EXPECT_TRUE(usual->reached);
}

TEST(UsualSearchFor, NothingForATableThatWasNotCalibrated) {
  EXPECT_FALSE(UsualSearchFor(Calibration(), "").has_value());
  EXPECT_FALSE(UsualSearchFor(Calibration({Curve("users", {1.0f}, 8)}, 400), "")
                   .has_value());
}

TEST(GraphPays, WhenItsMeasuredTimeIsBelowExactSearchs) {
  EXPECT_TRUE(GraphPays(Calibration({Curve("", {0.99f}, 18)}, 410)));
  EXPECT_FALSE(GraphPays(Calibration({Curve("", {0.99f}, 18)}, 17)));
  EXPECT_FALSE(GraphPays(Calibration({Curve("", {0.99f}, 18)}, 5)));
  // Fast below the default target, slow at it.
  EXPECT_FALSE(
      GraphPays(Calibration({Curve("", {0.5f, 0.7f, 0.95f}, 18)}, 50)));
}

TEST(GraphPays, NotWithoutTheDefaultTarget) {
  EXPECT_FALSE(GraphPays(Calibration({Curve("", {0.5f, 0.9f}, 18)}, 410)));
  EXPECT_FALSE(GraphPays(Calibration()));
}

TEST(GraphPays, OneKindOfQueriesIsEnough) {
  EXPECT_TRUE(GraphPays(
      Calibration({Curve("", {0.9f}, 18), Curve("users", {0.96f}, 30)}, 410)));
}

}  // namespace
}  // namespace akin
