#include "client/cli/correlation.h"

#include <gtest/gtest.h>

#include <cmath>

namespace akin::client {
namespace {

// What scipy's pearsonr and spearmanr answer.
TEST(CorrelationTest, EqualNumbersShareTheirRank) {
  const std::vector<double> a = {1, 2, 2, 3, 5};
  const std::vector<double> b = {2, 1, 4, 4, 4};
  EXPECT_NEAR(PearsonCorrelation(a, b), 0.582815505150, 1e-12);
  EXPECT_NEAR(SpearmanCorrelation(a, b), 0.630893268144, 1e-12);
}

TEST(CorrelationTest, OnlySpearmanIgnoresTheScale) {
  const std::vector<double> a = {3, 1, 2, 4};
  const std::vector<double> exponential = {1e3, 1e1, 1e2, 1e4};
  EXPECT_NEAR(SpearmanCorrelation(a, exponential), 1, 1e-12);
  EXPECT_LT(PearsonCorrelation(a, exponential), 0.9);
  EXPECT_NEAR(PearsonCorrelation(a, {-6, -2, -4, -8}), -1, 1e-12);
  EXPECT_NEAR(SpearmanCorrelation(a, {-6, -2, -4, -8}), -1, 1e-12);
}

TEST(CorrelationTest, IsUndefinedWithoutDifferences) {
  EXPECT_TRUE(std::isnan(PearsonCorrelation({}, {})));
  EXPECT_TRUE(std::isnan(PearsonCorrelation({1}, {2})));
  EXPECT_TRUE(std::isnan(PearsonCorrelation({1, 2, 3}, {0.1, 0.1, 0.1})));
  EXPECT_TRUE(std::isnan(SpearmanCorrelation({0.1, 0.1, 0.1}, {1, 2, 3})));
}

}  // namespace
}  // namespace akin::client
