#include "index/base/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace akin {
namespace {

// By the definition: sign, exponent and fraction as numbers.
double ValueOf(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int fraction = half & 1023;
  const double magnitude = exponent == 0
                               ? std::ldexp(fraction, -24)
                               : std::ldexp(1024 + fraction, exponent - 25);
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

bool IsFiniteHalf(uint32_t half) { return (half & 0x7C00u) != 0x7C00u; }

// The nearest half of a finite value, ties to the even one, by search.
uint16_t NearestHalf(float value) {
  const double magnitude = std::fabs(static_cast<double>(value));
  uint16_t low = 0;
  uint16_t high = 0x7C00;  // stands for 2^16, the next step
  const auto at = [](uint16_t half) {
    return half == 0x7C00 ? 65536.0 : ValueOf(half);
  };
  if (magnitude >= at(high)) {
    low = high;
  }
  while (high - low > 1) {
    const auto middle = static_cast<uint16_t>((low + high) / 2);
    (at(middle) <= magnitude ? low : high) = middle;
  }
  const double to_low = magnitude - at(low);
  const double to_high = at(high) - magnitude;
  uint16_t half = low;
  if (low != high &&
      (to_high < to_low || (to_high == to_low && (low & 1) != 0))) {
    half = high;
  }
  return static_cast<uint16_t>(half | (std::signbit(value) ? 0x8000 : 0));
}

TEST(Half, EveryHalfIsExactAsAFloatAndComesBack) {
  for (uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = HalfToFloat(half);
    EXPECT_EQ(std::signbit(value), (half & 0x8000) != 0);
    if (IsFiniteHalf(bits)) {
      EXPECT_EQ(static_cast<double>(value), ValueOf(half));
      EXPECT_EQ(FloatToHalf(value), half);
    } else if ((half & 0x3FF) == 0) {
      EXPECT_TRUE(std::isinf(value));
      EXPECT_EQ(FloatToHalf(value), half);
    } else {
      EXPECT_TRUE(std::isnan(value));
      EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(value))));
    }
  }
}

TEST(Half, RoundsToNearestEvenAroundEveryTie) {
  for (uint16_t half = 0; half < 0x7C00; ++half) {
    const double next = half == 0x7BFF ? 65536.0 : ValueOf(half + 1);
    const auto tie = static_cast<float>((ValueOf(half) + next) / 2);
    for (const float value :
         {std::nextafter(tie, 0.0f), tie,
          std::nextafter(tie, std::numeric_limits<float>::max())}) {
      EXPECT_EQ(FloatToHalf(value), NearestHalf(value)) << value;
      EXPECT_EQ(FloatToHalf(-value), NearestHalf(-value)) << value;
    }
  }
}

TEST(Half, RoundsRandomFloats) {
  std::mt19937 random(3);
  for (int i = 0; i < 200000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(value))));
    } else if (std::fabs(value) < 65536) {
      EXPECT_EQ(FloatToHalf(value), NearestHalf(value)) << value;
    } else {
      EXPECT_EQ(FloatToHalf(value), std::signbit(value) ? 0xFC00 : 0x7C00);
    }
  }
}

TEST(Half, Edges) {
  EXPECT_EQ(FloatToHalf(0.0f), 0);
  EXPECT_EQ(FloatToHalf(-0.0f), 0x8000);
  EXPECT_EQ(FloatToHalf(1.0f), 0x3C00);
  EXPECT_EQ(FloatToHalf(65504.0f), 0x7BFF);
  EXPECT_EQ(FloatToHalf(65519.996f), 0x7BFF);
  EXPECT_EQ(FloatToHalf(65520.0f), 0x7C00);
  EXPECT_EQ(FloatToHalf(0x1p-25f), 0);
  EXPECT_EQ(FloatToHalf(0x1.000002p-25f), 1);
  EXPECT_EQ(FloatToHalf(0x1p-14f), 0x0400);
  EXPECT_EQ(FloatToHalf(std::numeric_limits<float>::infinity()), 0x7C00);
}

}  // namespace
}  // namespace akin
