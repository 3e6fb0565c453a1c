#include "index/query/percentile.h"

#include <gtest/gtest.h>

#include <vector>

namespace akin {
namespace {

TEST(PercentileTest, IsTheNearestRank) {
  const std::vector<double> ten = {9, 3, 7, 1, 5, 2, 10, 4, 8, 6};
  EXPECT_EQ(Percentile(ten, 1), 1);
  EXPECT_EQ(Percentile(ten, 10), 1);
  EXPECT_EQ(Percentile(ten, 11), 2);
  EXPECT_EQ(Percentile(ten, 50), 5);
  EXPECT_EQ(Percentile(ten, 99), 10);
  EXPECT_EQ(Percentile(ten, 100), 10);
}

TEST(PercentileTest, OfFewValues) {
  EXPECT_EQ(Percentile({}, 50), 0);
  EXPECT_EQ(Percentile({7}, 1), 7);
  EXPECT_EQ(Percentile({7}, 99), 7);
  EXPECT_EQ(Percentile({7, 8, 9}, 50), 8);
}

}  // namespace
}  // namespace akin
