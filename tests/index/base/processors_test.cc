#include "index/base/processors.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

namespace akin {
namespace {

TEST(ProcessorsGranted, AreRoundedUp) {
  EXPECT_EQ(ProcessorsGranted("200000 100000\n"), 2u);
  EXPECT_EQ(ProcessorsGranted("150000 100000"), 2u);
  EXPECT_EQ(ProcessorsGranted("1000 100000"), 1u);
  EXPECT_EQ(ProcessorsGranted("max 100000"), std::nullopt);
  EXPECT_EQ(ProcessorsGranted(""), std::nullopt);
  EXPECT_EQ(ProcessorsGranted("0 100000"), std::nullopt);
  EXPECT_EQ(ProcessorsGranted("100000 0"), std::nullopt);
  EXPECT_EQ(ProcessorsGranted("18446744073709551615 1"), ~size_t{0});
}

TEST(Processors, AreThoseTheThreadMayRunOn) {
  EXPECT_GE(Processors(), 1u);
  EXPECT_LE(Processors(), std::thread::hardware_concurrency());
  std::thread([] {
    cpu_set_t all;
    ASSERT_EQ(sched_getaffinity(0, sizeof(all), &all), 0);
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (!CPU_ISSET(i, &all)) continue;
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(i, &one);
      ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
      EXPECT_EQ(Processors(), 1u);
      return;
    }
  }).join();
}

}  // namespace
}  // namespace akin
