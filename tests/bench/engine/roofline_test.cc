#include "tests/bench/engine/roofline.h"

#include <gtest/gtest.h>

namespace akin::bench {
namespace {

constexpr SearchCounts kCounts = {1000, 50, 2000, 14, false};

TEST(RooflineTest, TheLargerOfMemoryAndCompute) {
  const Roofline memory = RooflineOf({10e-9, 5e-9, 100e-9}, kCounts);
  EXPECT_DOUBLE_EQ(memory.memory, 20e-6);
  EXPECT_DOUBLE_EQ(memory.compute, 5e-6);
  EXPECT_DOUBLE_EQ(memory.waiting, 5e-6);
  EXPECT_DOUBLE_EQ(memory.seconds(), 20e-6);
  EXPECT_DOUBLE_EQ(RooflineOf({1e-9, 5e-9, 100e-9}, kCounts).seconds(), 5e-6);
}

TEST(RooflineTest, UnknownComputeDoesNotLimit) {
  EXPECT_DOUBLE_EQ(RooflineOf({10e-9, 0, 0}, kCounts).seconds(), 20e-6);
}

}  // namespace
}  // namespace akin::bench
