#include "server/recall/recall_control.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace akin::server {
namespace {

using Event = RecallControl::Event;

constexpr RecallTarget kTarget{.recall = 0.95, .least = 1, .most = 4};

// Answers queries with k = 10, worse the less effort there is: recall is
// 1 - missed / factor^2, and queries differ as those of a graph do.
class SimulatedIndex {
 public:
  SimulatedIndex(double missed, uint64_t seed)
      : missed_(missed), random_(seed) {}

  double RecallAt(double factor) const {
    return std::max(0.0, 1 - missed_ / (factor * factor));
  }

  double Answer(double factor) {
    constexpr double kAlike = 0.1;
    const double recall = RecallAt(factor);
    if (recall <= 0 || recall >= 1) return recall;
    std::gamma_distribution<double> found(recall * (1 - kAlike) / kAlike);
    std::gamma_distribution<double> missed((1 - recall) * (1 - kAlike) /
                                           kAlike);
    const double a = found(random_);
    const double b = missed(random_);
    return std::binomial_distribution<int>(10, a / (a + b))(random_) / 10.0;
  }

 private:
  const double missed_;
  std::mt19937_64 random_;
};

TEST(RecallControlTest, ChangesNothingWithoutATarget) {
  RecallControl control(RecallTarget{});
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(control.Add(0), Event::kNothing);
  EXPECT_EQ(control.factor(), 1);
  EXPECT_FALSE(control.below_target());
}

TEST(RecallControlTest, RaisesByStepsToTheMostAndThenSaysSo) {
  RecallControl control(kTarget);
  std::vector<double> factors;
  for (int step = 0; step < 4; ++step) {
    for (int i = 1; i < 30; ++i) ASSERT_EQ(control.Add(0), Event::kNothing);
    ASSERT_EQ(control.Add(0), Event::kRaised);
    factors.push_back(control.factor());
  }
  EXPECT_EQ(factors, (std::vector<double>{1.5, 2.25, 3.375, 4}));
  EXPECT_FALSE(control.below_target());
  for (int i = 1; i < 30; ++i) ASSERT_EQ(control.Add(0), Event::kNothing);
  EXPECT_EQ(control.Add(0), Event::kMissed);
  EXPECT_TRUE(control.below_target());
  EXPECT_EQ(control.evidence().samples, 30u);
  EXPECT_EQ(control.evidence().recall, 0);
  EXPECT_LT(control.evidence().interval.high, 0.95);
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(control.Add(0), Event::kNothing);
  EXPECT_EQ(control.factor(), 4);
}

TEST(RecallControlTest, AMissedTargetIsHeldAgainOnceItIs) {
  RecallControl control(kTarget);
  for (int i = 0; i < 150; ++i) control.Add(0);
  ASSERT_TRUE(control.below_target());
  std::vector<Event> events;
  for (int i = 0; i < 2000 && control.below_target(); ++i) {
    const Event event = control.Add(1);
    if (event != Event::kNothing) events.push_back(event);
  }
  EXPECT_EQ(events, std::vector<Event>{Event::kHeldAgain});
  EXPECT_EQ(control.factor(), 4) << "that comes first";
}

TEST(RecallControlTest, FallsNoFurtherThanItMay) {
  for (const double least : {1.0, 0.5}) {
    RecallControl control({.recall = 0.9, .least = least, .most = 4});
    double before = control.factor();
    for (int i = 0; i < 20'000; ++i) {
      control.Add(1);
      ASSERT_LE(control.factor(), before);
      ASSERT_GE(control.factor(), before / RecallControl::kLower - 1e-9);
      before = control.factor();
    }
    EXPECT_EQ(control.factor(), least);
  }
}

// Where 1 is too small and 4 more than enough it settles in between.
TEST(RecallControlTest, HoldsTheTargetWithoutSwinging) {
  constexpr int kSamples = 60'000;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatedIndex index(/*missed=*/0.12, seed);  // 0.95 at 1.55
    RecallControl control(kTarget);
    int steps = 0;
    int turns = 0;
    Event latest = Event::kNothing;
    double short_of_target = 0;
    for (int i = 0; i < kSamples; ++i) {
      const Event event = control.Add(index.Answer(control.factor()));
      ASSERT_FALSE(control.below_target());
      ASSERT_NE(event, Event::kMissed);
      if (i > 5000) {
        short_of_target +=
            std::max(0.0, 0.95 - index.RecallAt(control.factor()));
      }
      if (event == Event::kNothing) continue;
      ++steps;
      if (latest != Event::kNothing && event != latest) ++turns;
      latest = event;
    }
    EXPECT_GE(steps, 1);
    EXPECT_LE(turns, 12) << "seed " << seed;
    EXPECT_GT(index.RecallAt(control.factor()), 0.935) << "seed " << seed;
    EXPECT_LT(control.factor(), 3) << "seed " << seed;
    EXPECT_LT(short_of_target / kSamples, 0.005) << "seed " << seed;
  }
}

// The bound of the header, on indexes that no effort mends.
TEST(RecallControlTest, FindsADamageWithinTheSamplesThatAreStated) {
  const std::vector<std::pair<double, uint64_t>> stated = {
      {0.56, 150}, {0.68, 300}, {0.78, 600}, {0.84, 1200}, {0.9, 4800}};
  for (const auto& [recall, samples] : stated) {
    ASSERT_EQ(SamplesToAlert(kTarget, recall), samples) << recall;
    int late = 0;
    constexpr int kRuns = 200;
    for (int run = 0; run < kRuns; ++run) {
      // All or nothing: no sample says less.
      std::mt19937_64 random(static_cast<uint64_t>(run));
      std::bernoulli_distribution finds(recall);
      RecallControl control(kTarget);
      for (uint64_t i = 0; i < samples; ++i) {
        control.Add(finds(random) ? 1 : 0);
      }
      late += control.below_target() ? 0 : 1;
    }
    EXPECT_LE(late, kRuns / 100) << recall;
  }
}

TEST(RecallControlTest, SaysWhereADamageIsTooSmallToBeFoundSoon) {
  EXPECT_EQ(SamplesToAlert(kTarget, 0.945), std::nullopt);
  EXPECT_EQ(SamplesToAlert(kTarget, 0.95), std::nullopt);
  EXPECT_EQ(SamplesToAlert({.recall = 0.95, .most = 1}, 0.5), 30u);
  // What is found less is found no later.
  uint64_t before = 0;
  for (double recall = 0; recall <= 0.9; recall += 0.01) {
    const uint64_t samples = SamplesToAlert(kTarget, recall).value();
    EXPECT_GE(samples, before) << recall;
    before = samples;
  }
}

TEST(RecallControlTest, IsRarelyAlarmedByNothing) {
  int raised = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SimulatedIndex index(/*missed=*/0.05, seed);  // just the target
    RecallControl control({.recall = 0.95, .least = 1, .most = 1});
    for (uint64_t i = 0; i < RecallControl::kLastLook; ++i) {
      control.Add(index.Answer(1));
    }
    raised += control.below_target() ? 1 : 0;
  }
  EXPECT_LE(raised, 6) << "six looks, of which one in 200 errs upwards";
}

}  // namespace
}  // namespace akin::server
