#include "server/search_pool.h"

#include <chrono>
#include <utility>

namespace akin::server {

using Clock = StopSignal::Clock;

// A WorkerPool counts the caller of ParallelFor as one of its threads; here all
// of them are its own.
SearchPool::SearchPool(const QueueLimits& limits)
    : limits_(limits), queue_(limits), workers_(limits.workers + 1) {}

SearchPool::~SearchPool() = default;

absl::Status SearchPool::Submit(QueuedCall call) {
  {
    MutexLock lock(&mutex_);
    absl::Status taken = queue_.Offer(&call, serving_, Clock::now());
    if (!taken.ok()) return taken;
    if (serving_ == limits_.workers) return absl::OkStatus();
    ++serving_;
  }
  workers_.Post([this] { ServeQueue(); });
  return absl::OkStatus();
}

void SearchPool::ServeQueue() {
  for (;;) {
    CallQueue::Turn turn;
    {
      MutexLock lock(&mutex_);
      turn = queue_.Next(Clock::now());
      if (!turn.call.has_value()) --serving_;
    }
    for (CallQueue::Turn::Refused& refused : turn.refused) {
      refused.call.run(refused.why);
    }
    if (!turn.call.has_value()) return;
    const Clock::time_point begin = Clock::now();
    turn.call->run(absl::OkStatus());
    const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
    MutexLock lock(&mutex_);
    queue_.Took(turn.call->expected_us, took.count());
  }
}

}  // namespace akin::server
