#include "tests/bench/engine/difficulty.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/bench/engine/seeded_random.h"

namespace akin::bench {
namespace {

// Distances from the centre of a ball of `dimension` dimensions to the nearest
// of many points spread evenly in it, rising.
std::vector<double> NearestInBall(double dimension, size_t points,
                                  size_t nearest, SeededRandom* random) {
  std::vector<double> out(points);
  for (double& distance : out) {
    distance = std::pow(random->Uniform(), 1 / dimension);
  }
  std::sort(out.begin(), out.end());
  out.resize(nearest);
  return out;
}

TEST(LocalIntrinsicDimensionTest, OfABallIsItsDimension) {
  SeededRandom random(1);
  for (const double dimension : {1.0, 3.0, 16.0, 50.0}) {
    double mean = 0;
    constexpr size_t kTries = 200;
    for (size_t i = 0; i < kTries; ++i) {
      mean += LocalIntrinsicDimension(
                  NearestInBall(dimension, 2000, 100, &random)) /
              kTries;
    }
    // The estimate of 100 neighbours is 2 % too high and deviates by a tenth of
    // itself.
    EXPECT_NEAR(mean / dimension, 1.02, 0.04);
  }
}

TEST(LocalIntrinsicDimensionTest, DoesNotDependOnTheScale) {
  SeededRandom random(2);
  std::vector<double> distances = NearestInBall(8, 1000, 50, &random);
  const double before = LocalIntrinsicDimension(distances);
  for (double& distance : distances) distance *= 1000;
  EXPECT_NEAR(LocalIntrinsicDimension(distances), before, 1e-9);
}

TEST(LocalIntrinsicDimensionTest, NothingToLearn) {
  EXPECT_EQ(LocalIntrinsicDimension({}), 0);
  EXPECT_EQ(LocalIntrinsicDimension({0, 0, 0}), 0);
  EXPECT_EQ(LocalIntrinsicDimension({2, 2, 2}), 0);
}

TEST(DifficultyTest, MeansOverTheQueries) {
  // Distances that double in 2 steps of 2 neighbours: ln 2 apart.
  const std::vector<double> nearest = {1, 2, 4, 8};
  const std::vector<double> means = {3, 8};
  const Difficulty difficulty = DifficultyOf(nearest, means);
  EXPECT_EQ(difficulty.neighbors, 2u);
  EXPECT_NEAR(difficulty.dimension, 2 / std::log(2.0), 1e-12);
  EXPECT_NEAR(difficulty.contrast, (3.0 / 1 + 8.0 / 4) / 2, 1e-12);
}

TEST(DifficultyTest, RowsThatAreTheQueryDoNotCount) {
  const std::vector<double> nearest = {0, 2, 4, 8};
  const std::vector<double> means = {3, 8};
  EXPECT_NEAR(DifficultyOf(nearest, means).contrast, (3.0 / 2 + 8.0 / 4) / 2,
              1e-12);
}

TEST(DifficultyTest, NothingButTheQueryItself) {
  EXPECT_EQ(DifficultyOf({0, 0}, {3}).contrast, 0);
}

TEST(DifficultyTest, NoQueries) { EXPECT_EQ(DifficultyOf({}, {}).contrast, 0); }

}  // namespace
}  // namespace akin::bench
