#include "server/search_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using std::chrono::seconds;

TEST(SearchPool, RunsWhatItTookAndRefusesTheRest) {
  std::atomic<int> runs{0};
  std::atomic<int> late{0};
  int taken = 0;
  {
    SearchPool pool({seconds(100), seconds(100), 3});
    for (int i = 0; i < 2000; ++i) {
      const absl::Status status =
          pool.Submit({.expected_us = 10, .run = [&](const absl::Status& turn) {
                         turn.ok() ? ++runs : ++late;
                       }});
      taken += status.ok() ? 1 : 0;
    }
  }
  EXPECT_EQ(taken, 2000);
  EXPECT_EQ(runs, 2000);
  EXPECT_EQ(late, 0);
}

TEST(SearchPool, SaysHowManyWait) {
  std::promise<void> begun;
  std::promise<void> go;
  SearchPool pool({seconds(100), seconds(100), 1});
  ASSERT_THAT(pool.Submit({.expected_us = 10,
                           .run =
                               [&](const absl::Status&) {
                                 begun.set_value();
                                 go.get_future().wait();
                               }}),
              IsOk());
  begun.get_future().wait();
  EXPECT_EQ(pool.waiting(), 0u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(
        pool.Submit({.expected_us = 10, .run = [](const absl::Status&) {}}),
        IsOk());
  }
  EXPECT_EQ(pool.waiting(), 3u);
  go.set_value();
}

TEST(SearchPool, EveryCallEndsOnceUnderLoadFromAllSides) {
  constexpr int kCallers = 4;
  constexpr int kCalls = 500;
  std::atomic<int> ended{0};
  std::atomic<int> refused{0};
  {
    SearchPool pool(
        {std::chrono::milliseconds(1), std::chrono::milliseconds(1), 2});
    std::vector<std::thread> callers;
    callers.reserve(kCallers);
    for (int t = 0; t < kCallers; ++t) {
      callers.emplace_back([&] {
        for (int i = 0; i < kCalls; ++i) {
          const absl::Status status = pool.Submit(
              {.expected_us = 300, .run = [&](const absl::Status& turn) {
                 // Work inside a call spreads over the same workers.
                 std::atomic<int> parts{0};
                 if (turn.ok()) {
                   pool.workers()->ParallelFor(4, [&](size_t) { ++parts; });
                   EXPECT_EQ(parts, 4);
                 }
                 ++ended;
               }});
          if (!status.ok()) ++refused;
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
  }
  EXPECT_EQ(ended + refused, kCallers * kCalls);
}

TEST(SearchPool, AFreeWorkerTakesACallFromABatch) {
  SearchPool pool({seconds(100), seconds(100), 2});
  std::promise<void> short_one_ran;
  std::promise<void> batch_ended;
  std::future<void> ran = short_one_ran.get_future();
  // The batch's parts keep both workers, until a call has been answered by the
  // one that only helps.
  std::atomic<bool> begun{false};
  std::atomic<bool> answered{false};
  ASSERT_THAT(pool.Submit({.expected_us = 1e6,
                           .run =
                               [&](const absl::Status&) {
                                 pool.workers()->ParallelFor(
                                     1'000'000, [&](size_t) {
                                       begun = true;
                                       if (!answered) std::this_thread::yield();
                                     });
                                 batch_ended.set_value();
                               }}),
              IsOk());
  while (!begun) std::this_thread::yield();
  ASSERT_THAT(pool.Submit({.expected_us = 10,
                           .run =
                               [&](const absl::Status&) {
                                 answered = true;
                                 short_one_ran.set_value();
                               }}),
              IsOk());
  ran.get();
  batch_ended.get_future().get();
}

}  // namespace
}  // namespace akin::server
