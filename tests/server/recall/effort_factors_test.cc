#include "server/recall/effort_factors.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

namespace akin::server {
namespace {

TEST(EffortFactorsTest, AreOneUntilTheyAreSet) {
  EffortFactors factors;
  EXPECT_EQ(factors.Of("m", 1, "t"), 1);
  ASSERT_TRUE(factors.Set("m", 1, "t", 1.5f));
  EXPECT_EQ(factors.Of("m", 1, "t"), 1.5f);
  EXPECT_EQ(factors.Of("m", 2, "t"), 1);
  EXPECT_EQ(factors.Of("m", 1, "u"), 1);
  EXPECT_EQ(factors.Of("n", 1, "t"), 1);
  ASSERT_TRUE(factors.Set("m", 1, "t", 2));
  EXPECT_EQ(factors.Of("m", 1, "t"), 2);
  ASSERT_TRUE(factors.Set("m", 1, "t", 1));
  EXPECT_EQ(factors.Of("m", 1, "t"), 1);
  ASSERT_TRUE(factors.Set("m", 1, "t", 1)) << "it is not there";
}

TEST(EffortFactorsTest, AreOfSoManyTablesAtATime) {
  EffortFactors factors;
  for (size_t i = 0; i < EffortFactors::kMost; ++i) {
    ASSERT_TRUE(factors.Set("m", static_cast<int64_t>(i), "t",
                            static_cast<float>(i + 2)));
  }
  for (size_t i = 0; i < EffortFactors::kMost; ++i) {
    ASSERT_EQ(factors.Of("m", static_cast<int64_t>(i), "t"),
              static_cast<float>(i + 2));
  }
  EXPECT_FALSE(factors.Set("one", 1, "more", 2));
  EXPECT_EQ(factors.Of("one", 1, "more"), 1);
  // What is forgotten makes room.
  ASSERT_TRUE(factors.Set("m", 7, "t", 1));
  EXPECT_TRUE(factors.Set("one", 1, "more", 2));
  EXPECT_EQ(factors.Of("one", 1, "more"), 2);
  EXPECT_EQ(factors.Of("m", 7, "t"), 1);
}

TEST(EffortFactorsTest, ManyVersionsMayComeAndGo) {
  EffortFactors factors;
  for (int64_t version = 1; version < 5000; ++version) {
    ASSERT_TRUE(factors.Set("m", version, "t", 3));
    ASSERT_EQ(factors.Of("m", version, "t"), 3);
    ASSERT_TRUE(factors.Set("m", version, "t", 1));
    ASSERT_EQ(factors.Of("m", version, "t"), 1);
  }
}

TEST(EffortFactorsTest, AreReadWhileTheyChange) {
  EffortFactors factors;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        const float factor = factors.Of("m", 1, "t");
        if (factor != 1 && factor != 2 && factor != 4) std::abort();
      }
    });
  }
  for (int i = 0; i < 2000; ++i) {
    for (const float factor : {2.0f, 4.0f, 1.0f}) {
      factors.Set("m", 1, "t", factor);
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(factors.Of("m", 1, "t"), 1);
}

}  // namespace
}  // namespace akin::server
