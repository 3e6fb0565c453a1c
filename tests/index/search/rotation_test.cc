#include "index/search/rotation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "tests/support/clustered_data.h"

namespace akin {
namespace {

std::vector<size_t> Dimensions() {
  std::vector<size_t> dimensions = {784, 1000, 1021, 1536};
  for (size_t d = 1; d <= 300; ++d) dimensions.push_back(d);
  return dimensions;
}

double Dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

std::vector<float> Rotated(const Rotation& rotation,
                           const std::vector<float>& x) {
  std::vector<float> scratch(rotation.scratch_size());
  std::vector<float> out(rotation.dimension());
  rotation.Apply(x.data(), scratch.data(), out.data());
  return out;
}

TEST(Rotation, KeepsLengthsAndInnerProductsInEveryDimension) {
  std::mt19937_64 random(1);
  for (const size_t dimension : Dimensions()) {
    SCOPED_TRACE(dimension);
    const Rotation rotation(dimension);
    const std::vector<float> x = NormalVector(dimension, &random);
    const std::vector<float> y = NormalVector(dimension, &random);
    const std::vector<float> rx = Rotated(rotation, x);
    const std::vector<float> ry = Rotated(rotation, y);
    const double tolerance = 1e-5 * std::sqrt(Dot(x, x) * Dot(y, y));
    ASSERT_NEAR(Dot(rx, rx), Dot(x, x), 1e-5 * Dot(x, x));
    ASSERT_NEAR(Dot(rx, ry), Dot(x, y), tolerance);
  }
}

TEST(Rotation, AddsFewComponents) {
  for (const size_t dimension : Dimensions()) {
    const Rotation rotation(dimension);
    EXPECT_EQ(rotation.input_dimension(), dimension);
    EXPECT_EQ(rotation.dimension(), Rotation::DimensionFor(dimension));
    EXPECT_GE(rotation.dimension(), dimension);
    EXPECT_LE(rotation.dimension(), dimension + dimension / 16);
  }
}

// The point of it: no component of a row holds more than its share.
TEST(Rotation, SpreadsOneComponentOverMany) {
  for (const size_t dimension : {16, 96, 97, 300, 784, 1021}) {
    const Rotation rotation(dimension);
    for (const size_t j : {size_t{0}, dimension / 2, dimension - 1}) {
      std::vector<float> unit(dimension, 0);
      unit[j] = 1;
      const std::vector<float> out = Rotated(rotation, unit);
      const float largest = *std::max_element(
          out.begin(), out.end(),
          [](float a, float b) { return std::abs(a) < std::abs(b); });
      EXPECT_LT(std::abs(largest), 0.85f) << dimension << " component " << j;
    }
  }
}

TEST(Rotation, IsTheSameEveryTime) {
  std::mt19937_64 random(2);
  for (const size_t dimension : {5, 100}) {
    const std::vector<float> x = NormalVector(dimension, &random);
    EXPECT_EQ(Rotated(Rotation(dimension), x), Rotated(Rotation(dimension), x));
  }
}

}  // namespace
}  // namespace akin
