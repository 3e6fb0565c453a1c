#include "tests/bench/versions/swap_windows.h"

#include <gtest/gtest.h>

namespace akin::bench {
namespace {

TEST(TailOfTest, ComparesWhatWasMeantToBeSentInEachWindow) {
  // 200 calls in a second each: of 1 us, of 3 us, then late ones of nobody.
  std::vector<TimedCall> calls;
  for (int i = 0; i < 600; ++i) {
    const float latency = i < 200 ? 1 : i < 400 ? 3 : 1000;
    calls.push_back({i / 200.0, latency});
  }
  const auto tail = TailOf(calls, {{0, 1}, {1, 2}});
  ASSERT_TRUE(tail.has_value());
  EXPECT_EQ(tail->calls_during, 200u);
  EXPECT_EQ(tail->before_us, 1);
  EXPECT_EQ(tail->during_us, 3);
  EXPECT_EQ(tail->ratio(), 3);
}

TEST(TailOfTest, IsTheSlowestHundredth) {
  std::vector<TimedCall> calls(300, {0.5, 1});
  for (int i = 0; i < 5; ++i) calls[i].latency_us = 7;
  calls.push_back({1.5, 14});
  EXPECT_EQ(TailOf(calls, {{0, 1}, {1, 2}})->ratio(), 2);
}

TEST(TailOfTest, NothingWithoutCalls) {
  EXPECT_FALSE(TailOf({}, {{0, 1}, {1, 2}}).has_value());
  EXPECT_FALSE(
      TailOf(std::vector<TimedCall>{{0.5, 1}}, {{0, 1}, {1, 2}}).has_value());
}

}  // namespace
}  // namespace akin::bench
