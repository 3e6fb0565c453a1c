#include "server/recall/cpu_budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace akin::server {
namespace {

// One piece of work after the other, as soon as each may begin.
struct Simulation {
  double share;
  double least_cost;  // of a piece, seconds
  double most_cost;
};

TEST(CpuBudgetTest, IsUsedUpAndNeverExceeded) {
  for (const Simulation& one :
       {Simulation{0.01, 0.001, 0.001}, Simulation{0.01, 0.0001, 0.02},
        Simulation{0.2, 0.01, 0.5}, Simulation{0.001, 0.5, 2},
        Simulation{1, 0.001, 0.1}}) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> cost(one.least_cost, one.most_cost);
    double now = 1000;
    CpuBudget budget(one.share, now);
    double spent = 0;
    while (now < 1000 + 20'000 * one.most_cost / one.share) {
      const double wait = budget.Wait(now);
      if (wait > 0) {
        now += wait + 1e-6;  // more than rounding takes
        ASSERT_EQ(budget.Wait(now), 0) << "it says for how long";
        continue;
      }
      const double cpu = cost(random);
      now += cpu;
      spent += cpu;
      budget.Spend(cpu, 1, now);
      ASSERT_LE(spent, one.share * (now - 1000) + one.most_cost);
    }
    EXPECT_EQ(budget.spent(), spent);
    EXPECT_GE(spent, 0.95 * one.share * (now - 1000)) << one.share;
  }
}

TEST(CpuBudgetTest, WhatWasNotUsedIsKeptForABurstOnly) {
  CpuBudget budget(0.1, 0);
  budget.Spend(0.001, 1, 0.01);
  double now = 3600;
  double spent = 0;
  while (budget.Wait(now) == 0) {
    budget.Spend(0.001, 1, now);
    spent += 0.001;
  }
  EXPECT_NEAR(spent, 0.1 * CpuBudget::kBurst, 0.002);
}

TEST(CpuBudgetTest, WhatTakesMoreThanABurstIsPaidBack) {
  CpuBudget budget(0.01, 0);
  budget.Spend(1, 1, 10);
  // 0.05 of a burst were there at 10 s.
  EXPECT_NEAR(budget.Wait(10), (1 - 0.05 + 0.05) / 0.01, 1e-6);
  EXPECT_EQ(budget.Wait(10 + 101), 0);
}

TEST(CpuBudgetTest, CountsWhatWasNoPieceToo) {
  CpuBudget budget(0.5, 0);
  budget.Spend(0.4, 0, 1);
  EXPECT_EQ(budget.cpu_per_piece(), 0);
  EXPECT_EQ(budget.spent(), 0.4);
  EXPECT_EQ(budget.Wait(1), 0);
  budget.Spend(0.2, 0, 1);
  EXPECT_NEAR(budget.Wait(1), 0.2, 1e-9);
}

TEST(CpuBudgetTest, AClockThatIsSetBackBringsNothing) {
  CpuBudget budget(1, 100);
  budget.Spend(1, 1, 100);
  EXPECT_NEAR(budget.Wait(50), 2, 1e-9);
  EXPECT_NEAR(budget.Wait(100), 2, 1e-9);
}

}  // namespace
}  // namespace akin::server
