// The rules of the queue, with a clock of its own.

#include "server/call_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "server/overload.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using std::chrono::milliseconds;

class CallQueueTest : public testing::Test {
 protected:
  using Clock = StopSignal::Clock;

  absl::Status Offer(double milliseconds, size_t busy = 1,
                     const StopSignal* stop = nullptr) {
    QueuedCall call{.expected_us = 1000 * milliseconds, .stop = stop};
    return queue_.Offer(&call, busy, now_);
  }
  void Pass(double milliseconds) {
    now_ += std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double, std::milli>(milliseconds));
  }
  // Ends the last turn's call, which took what it was expected to, and gives
  // what the next one's is expected to take, in ms; 0: there is none.
  double Next() {
    if (turn_.call.has_value()) {
      queue_.Took(turn_.call->expected_us, turn_.call->expected_us);
    }
    turn_ = queue_.Next(now_);
    return turn_.call.has_value() ? turn_.call->expected_us / 1000 : 0;
  }

  CallQueue queue_{{milliseconds(100), milliseconds(10), 1}};
  CallQueue::Turn turn_;
  Clock::time_point now_ = Clock::now();
};

TEST_F(CallQueueTest, FirstComeFirstServed) {
  EXPECT_EQ(Next(), 0);
  for (const double ms : {1.0, 1.5, 0.5}) EXPECT_THAT(Offer(ms), IsOk());
  EXPECT_EQ(queue_.size(), 3u);
  EXPECT_EQ(Next(), 1);
  EXPECT_EQ(Next(), 1.5);
  EXPECT_EQ(Next(), 0.5);
  EXPECT_EQ(Next(), 0);
}

TEST_F(CallQueueTest, IsBoundedByTheTimeToWaitNotByNumber) {
  int taken = 0;
  while (taken < 10'000 && Offer(1).ok()) ++taken;
  // The hundred-and-first waits for just 100 ms.
  EXPECT_EQ(taken, 101);
  const absl::Status refused = Offer(1);
  EXPECT_THAT(refused, IsStatus(StatusCode::kResourceExhausted,
                                testing::HasSubstr("try again in 101 ms")));
  EXPECT_EQ(RetryAfter(refused), milliseconds(101));
  // Short ones are not many.
  CallQueue other({milliseconds(100), milliseconds(10), 4});
  taken = 0;
  for (; taken < 10'000; ++taken) {
    QueuedCall call{.expected_us = 100};
    if (!other.Offer(&call, 4, now_).ok()) break;
  }
  EXPECT_NEAR(taken, 4001, 1);
}

TEST_F(CallQueueTest, AFreeWorkerNeedsNoQueue) {
  for (int i = 0; i < 300; ++i) EXPECT_THAT(Offer(1, /*busy=*/0), IsOk());
}

TEST_F(CallQueueTest, ALongCallMayWaitForTwiceAsLongAsItTakes) {
  EXPECT_THAT(Offer(500), IsOk());
  EXPECT_THAT(Offer(500), IsOk());
  EXPECT_THAT(Offer(500), IsOk());  // waits for 1000 ms
  EXPECT_THAT(Offer(500), IsStatus(StatusCode::kResourceExhausted));
  EXPECT_THAT(Offer(400), IsStatus(StatusCode::kResourceExhausted));
  EXPECT_THAT(Offer(50), IsOk());  // of another lane, whose turn comes soon
}

TEST_F(CallQueueTest, AStandingQueueIsHeldShort) {
  // As much comes as is served, and 50 ms of it wait all the time.
  for (int i = 0; i < 50; ++i) EXPECT_THAT(Offer(1), IsOk());
  for (int i = 0; i < 99; ++i) {
    Pass(1);
    EXPECT_EQ(Next(), 1);
    EXPECT_THAT(Offer(1), IsOk());
  }
  // It has not been empty for 100 ms: from here on 10 ms are the limit, for
  // those that come and for those that wait.
  Pass(2);
  EXPECT_THAT(Offer(1), IsStatus(StatusCode::kResourceExhausted));
  EXPECT_EQ(Next(), 1);
  EXPECT_GE(turn_.refused.size(), 35u);
  for (const auto& refused : turn_.refused) {
    EXPECT_TRUE(RetryAfter(refused.why).has_value());
  }
  EXPECT_LE(queue_.size(), 12u);
  // Once empty it starts anew.
  while (Next() > 0) {
  }
  EXPECT_EQ(queue_.size(), 0u);
  for (int i = 0; i < 50; ++i) EXPECT_THAT(Offer(1), IsOk());
}

TEST_F(CallQueueTest, AQueueThatWasThrownOutHasNotBeenWorkedOff) {
  EXPECT_THAT(Offer(1), IsOk());
  EXPECT_THAT(Offer(1), IsOk());
  Pass(150);
  EXPECT_EQ(Next(), 0);  // both have waited too long
  EXPECT_EQ(turn_.refused.size(), 2u);
  // Still 10 ms are the limit.
  int taken = 0;
  while (taken < 10'000 && Offer(1).ok()) ++taken;
  EXPECT_EQ(taken, 11);
  while (Next() > 0) {
  }
  taken = 0;
  while (taken < 10'000 && Offer(1).ok()) ++taken;
  EXPECT_EQ(taken, 101);
}

TEST_F(CallQueueTest, WhatNobodyWaitsForIsNotBegun) {
  StopSignal gone;
  const StopSignal late(now_ + milliseconds(1));
  EXPECT_THAT(Offer(1, 1, &gone), IsOk());
  EXPECT_THAT(Offer(1, 1, &late), IsOk());
  EXPECT_THAT(Offer(1.5), IsOk());
  gone.Cancel();
  std::this_thread::sleep_for(milliseconds(2));
  EXPECT_EQ(Next(), 1.5);
  ASSERT_EQ(turn_.refused.size(), 2u);
  EXPECT_THAT(turn_.refused[0].why, IsStatus(StatusCode::kCancelled));
  EXPECT_THAT(turn_.refused[1].why, IsStatus(StatusCode::kDeadlineExceeded));
}

TEST_F(CallQueueTest, LongCallsDoNotStarveShortOnes) {
  for (int i = 0; i < 2; ++i) EXPECT_THAT(Offer(20), IsOk());
  for (int i = 0; i < 40; ++i) EXPECT_THAT(Offer(1), IsOk());
  // Both lanes get the same time: 20 short ones for each long one.
  std::vector<double> order;
  while (const double ms = Next()) order.push_back(ms);
  ASSERT_EQ(order.size(), 42u);
  double long_ms = 0;
  double short_ms = 0;
  for (const double ms : order) {
    (ms > 2 ? long_ms : short_ms) += ms;
    EXPECT_LE(std::abs(long_ms - short_ms), 21) << "at " << ms;
  }
}

TEST_F(CallQueueTest, ALaneThatRestedHasNotSavedUpTurns) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(Offer(1), IsOk());
    EXPECT_EQ(Next(), 1);
  }
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Offer(10), IsOk());
  for (int i = 0; i < 30; ++i) EXPECT_THAT(Offer(1), IsOk());
  int long_ones = 0;
  for (int i = 0; i < 12; ++i) long_ones += Next() > 2 ? 1 : 0;
  EXPECT_LE(long_ones, 2);
}

TEST_F(CallQueueTest, TheLanesShareFromTheMomentACallIsBegun) {
  EXPECT_THAT(Offer(30), IsOk());
  EXPECT_THAT(Offer(30), IsOk());
  EXPECT_EQ(Next(), 30);
  // While it runs short ones come: they are owed what it has taken.
  for (int i = 0; i < 40; ++i) EXPECT_THAT(Offer(1), IsOk());
  double short_ms = 0;
  while (Next() == 1) short_ms += 1;
  EXPECT_GE(short_ms, 29);
  EXPECT_EQ(turn_.call->expected_us, 30'000);
}

TEST_F(CallQueueTest, WhatRunsIsWaitedForToo) {
  EXPECT_THAT(Offer(40), IsOk());
  EXPECT_EQ(Next(), 40);
  int taken = 0;
  while (taken < 10'000 && Offer(1).ok()) ++taken;
  EXPECT_NEAR(taken, 81, 1);  // it is half done
}

TEST_F(CallQueueTest, VeryLongCallsLeaveAWorkerFree) {
  queue_ = CallQueue({milliseconds(100), milliseconds(10), 3});
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Offer(200, 0), IsOk());
  EXPECT_THAT(Offer(1, 0), IsOk());
  const auto next = [&] { return queue_.Next(now_).call; };
  EXPECT_EQ(next()->expected_us, 1000);
  EXPECT_EQ(next()->expected_us, 200'000);
  EXPECT_EQ(next()->expected_us, 200'000);
  EXPECT_FALSE(next().has_value());  // one waits until another has ended
  queue_.Took(200'000, 200'000);
  EXPECT_EQ(next()->expected_us, 200'000);
}

TEST_F(CallQueueTest, EstimatesFollowASlowMachine) {
  for (int i = 0; i < 200; ++i) queue_.Took(1000, 2000);
  int taken = 0;
  while (taken < 10'000 && Offer(1).ok()) ++taken;
  EXPECT_NEAR(taken, 51, 1);
}

}  // namespace
}  // namespace akin::server
