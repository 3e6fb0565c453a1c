#include "index/tool/remaining_time.h"

#include <gtest/gtest.h>

namespace akin {
namespace {

TEST(RemainingTime, IsAsTheFirstPartTook) {
  EXPECT_EQ(RemainingTime(absl::Seconds(10), 25, 100), absl::Seconds(30));
  EXPECT_EQ(RemainingTime(absl::Seconds(10), 100, 100), absl::ZeroDuration());
  // A file may grow while it is read.
  EXPECT_EQ(RemainingTime(absl::Seconds(10), 110, 100), absl::ZeroDuration());
}

TEST(RemainingTime, IsNotKnownAtOnce) {
  EXPECT_EQ(RemainingTime(absl::Milliseconds(999), 50, 100),
            absl::InfiniteDuration());
  EXPECT_EQ(RemainingTime(absl::Seconds(10), 19, 1000),
            absl::InfiniteDuration());
  EXPECT_EQ(RemainingTime(absl::Seconds(10), 20, 1000), absl::Seconds(490));
  EXPECT_EQ(RemainingTime(absl::Seconds(10), 0, 10), absl::InfiniteDuration());
  EXPECT_EQ(RemainingTime(absl::Seconds(10), 0, 0), absl::InfiniteDuration());
}

TEST(RemainingText, IsInSecondsThenInMinutes) {
  EXPECT_EQ(RemainingText(absl::InfiniteDuration()), "");
  EXPECT_EQ(RemainingText(absl::Milliseconds(900)), "");
  EXPECT_EQ(RemainingText(absl::Seconds(119)), ", about 119 s left");
  EXPECT_EQ(RemainingText(absl::Seconds(490)), ", about 8 min left");
}

}  // namespace
}  // namespace akin
