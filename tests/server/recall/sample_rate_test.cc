#include "server/recall/sample_rate.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

namespace akin::server {
namespace {

uint64_t TakenOf(uint64_t offers, SampleRate* rate) {
  uint64_t taken = 0;
  for (uint64_t i = 0; i < offers; ++i) taken += rate->Take() ? 1 : 0;
  return taken;
}

TEST(SampleRateTest, TakesAllUntilItKnowsWhatASampleTakes) {
  SampleRate rate(0);
  EXPECT_EQ(TakenOf(100, &rate), 100u);
  rate.Adapt(10, 0.01, /*cpu_per_sample=*/0, 0);
  EXPECT_EQ(TakenOf(100, &rate), 100u);
  EXPECT_EQ(rate.offered(), 200u);
}

TEST(SampleRateTest, TakesNoneWhileClosedAndCountsThemAllTheSame) {
  SampleRate rate(0);
  rate.Close();
  EXPECT_EQ(TakenOf(100, &rate), 0u);
  EXPECT_EQ(rate.offered(), 100u);
  rate.Adapt(1, 1, 0, 0);
  EXPECT_EQ(TakenOf(100, &rate), 100u);
}

// 1,000 queries a second, 1 ms each: 1 % of a processor asks 10 of them again.
TEST(SampleRateTest, TakesAsManyAsTheShareAllows) {
  SampleRate rate(0);
  double now = 0;
  uint64_t taken = 0;
  for (int second = 1; second <= 200; ++second) {
    const uint64_t latest = TakenOf(1000, &rate);
    if (second > 1) taken += latest;
    now += 1;
    rate.Adapt(now, 0.01, 0.001, 0.5);
    EXPECT_NEAR(rate.chance(), 0.01, 1e-9);
  }
  // 1,990 are expected, with a deviation of 44.
  EXPECT_NEAR(static_cast<double>(taken), 1990, 5 * 44);
}

TEST(SampleRateTest, AFullBucketIsUsedAndAnEmptyOneFills) {
  SampleRate rate(0);
  TakenOf(1000, &rate);
  rate.Adapt(1, 0.01, 0.001, 1);
  EXPECT_NEAR(rate.chance(), 0.015, 1e-9);
  rate.Adapt(1.01, 0.01, 0.001, 0);
  EXPECT_NEAR(rate.chance(), 0.005, 1e-9) << "the rate is that of before";
}

TEST(SampleRateTest, FollowsTheRateOfQueries) {
  SampleRate rate(0);
  TakenOf(10'000, &rate);
  rate.Adapt(1, 0.01, 0.01, 0.5);
  EXPECT_NEAR(rate.chance(), 1e-4, 1e-9);
  for (int second = 2; second < 62; ++second) {
    TakenOf(10, &rate);
    rate.Adapt(second, 0.01, 0.01, 0.5);
  }
  EXPECT_NEAR(rate.chance(), 0.1, 0.005);
}

TEST(SampleRateTest, IsOfferedToByManyThreads) {
  SampleRate rate(0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] { TakenOf(5000, &rate); });
  }
  for (int i = 0; i < 100; ++i) rate.Adapt(i, 0.01, 0.001, 0.5);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(rate.offered(), 20'000u);
}

}  // namespace
}  // namespace akin::server
