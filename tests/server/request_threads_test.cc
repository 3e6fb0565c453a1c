#include "server/request_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "index/base/mutex.h"

namespace akin::server {
namespace {

TEST(RequestThreads, RunsEverythingItTook) {
  std::atomic<int> runs{0};
  int taken = 0;
  {
    RequestThreads threads(3, 1000);
    for (int i = 0; i < 500; ++i) taken += threads.Run([&] { ++runs; }) ? 1 : 0;
  }
  EXPECT_EQ(taken, 500);
  EXPECT_EQ(runs, 500);
}

TEST(RequestThreads, RefusesMoreThanMayWait) {
  Mutex gate;
  gate.Lock();
  std::atomic<int> runs{0};
  std::atomic<bool> begun{false};
  {
    RequestThreads threads(1, 2);
    EXPECT_TRUE(threads.Run([&] {
      begun = true;
      MutexLock lock(&gate);
      ++runs;
    }));
    while (!begun) std::this_thread::yield();
    EXPECT_TRUE(threads.Run([&] { ++runs; }));
    EXPECT_TRUE(threads.Run([&] { ++runs; }));
    EXPECT_FALSE(threads.Run([&] { ++runs; }));
    gate.Unlock();
  }
  EXPECT_EQ(runs, 3);
}

}  // namespace
}  // namespace akin::server
