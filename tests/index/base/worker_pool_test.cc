#include "index/base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace akin {
namespace {

TEST(WorkerPool, CallsEachPartOnce) {
  for (const size_t threads : {1, 2, 5}) {
    WorkerPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const size_t parts : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> calls(parts);
      pool.ParallelFor(parts, [&](size_t i) { ++calls[i]; });
      for (const auto& count : calls) EXPECT_EQ(count, 1);
    }
  }
}

TEST(WorkerPool, ServesManyCallersAtOnce) {
  WorkerPool pool(3);
  std::atomic<int> sum{0};
  std::vector<std::thread> callers;
  callers.reserve(4);
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        pool.ParallelFor(20, [&](size_t) { ++sum; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 4 * 50 * 20);
}

TEST(WorkerPool, ACallerInsideAPartDoesNotDeadlock) {
  WorkerPool pool(2);
  std::atomic<int> sum{0};
  pool.ParallelFor(
      4, [&](size_t) { pool.ParallelFor(4, [&](size_t) { ++sum; }); });
  EXPECT_EQ(sum, 16);
}

TEST(WorkerPool, PostedTasksRunBesideJobsAndBeforeTheEnd) {
  std::atomic<int> tasks{0};
  std::atomic<int> parts{0};
  {
    WorkerPool pool(3);
    for (int i = 0; i < 200; ++i) {
      // A task may split its work over the same threads.
      pool.Post([&] {
        pool.ParallelFor(5, [&](size_t) { ++parts; });
        ++tasks;
      });
    }
    pool.ParallelFor(1000, [&](size_t) { ++parts; });
    EXPECT_GE(parts, 1000);
  }
  EXPECT_EQ(tasks, 200);
  EXPECT_EQ(parts, 1000 + 200 * 5);
}

}  // namespace
}  // namespace akin
