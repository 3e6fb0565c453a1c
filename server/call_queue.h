// Which search runs next, and which is refused because it would wait too long.
//
// A queue that is let grow makes every answer late without answering more: past
// the point where all workers are busy, calls must be turned away, cheaply and
// at once. So the queue is bounded by time, not by number: each call brings
// what it is expected to take.
//   - On arrival: refused when it would have to wait longer than the limit.
//   - When its turn comes: refused when it has waited longer than the limit
//     after all, and not begun when its caller is gone or late.
// The limit is `max_wait`, until the queue has not been empty for kInterval;
// from then on `target`, until a worker finds nothing to do (Nichols and
// Jacobson, "Controlling Queue Delay", ACM Queue 2012, in the form of Maurer,
// "Fail at Scale", ACM Queue 2015). A call may always wait twice as long as it
// is expected to take.
//
// Long calls wait in a lane of their own: the lanes share the workers' time
// evenly while both have calls (start-time fair queueing, Goyal et al. 1996),
// so that exact searches of large tables do not starve the others.
//
// Not thread-safe, has no clock and no thread: see search_pool.h.

#ifndef AKIN_SERVER_CALL_QUEUE_H_
#define AKIN_SERVER_CALL_QUEUE_H_

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "index/search/stop_signal.h"

namespace akin::server {

struct QueueLimits {
  StopSignal::Clock::duration max_wait;
  StopSignal::Clock::duration target;
  size_t workers = 1;
};

struct QueuedCall {
  using Clock = StopSignal::Clock;

  double expected_us = 0;            // of one worker
  const StopSignal* stop = nullptr;  // may be null
  // Called once: with OK to do the work, or with why it will not be done.
  std::function<void(const absl::Status&)> run = {};
  Clock::time_point arrived = {};  // set by the queue
};

// Whether somebody still waits for a call that is about to be begun. CANCELLED,
// DEADLINE_EXCEEDED.
absl::Status CheckWanted(const StopSignal& stop);

class CallQueue {
 public:
  using Clock = StopSignal::Clock;

  static constexpr Clock::duration kInterval = std::chrono::milliseconds(100);
  // Calls that are expected to take longer than these wait in a lane of long
  // ones, and of very long ones.
  static constexpr double kLongMicroseconds = 2000;
  static constexpr double kVeryLongMicroseconds = 50'000;

  explicit CallQueue(const QueueLimits& limits);

  // OK: `call` was taken and waits. RESOURCE_EXHAUSTED, with Overloaded
  // attached (overload.h): it would wait too long, and `call` is as it was.
  // `busy` is the number of workers that are at work.
  absl::Status Offer(QueuedCall* call, size_t busy, Clock::time_point now);

  struct Turn {
    std::optional<QueuedCall> call;  // to be run; none: nothing waits
    struct Refused {
      QueuedCall call;
      absl::Status why;  // RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, CANCELLED
    };
    std::vector<Refused> refused;
  };
  Turn Next(Clock::time_point now);

  // A call that Next gave out, and that was expected to take this, has ended
  // after `actual_us`. The machine may be slower than when the table was
  // calibrated, and estimates follow.
  void Took(double expected_us, double actual_us);

  size_t size() const;

 private:
  struct Lane {
    std::deque<QueuedCall> calls;
    double expected_us = 0;  // of all of them
    double served_us = 0;    // virtual time: what the lane has had
  };

  Lane& LaneOf(const QueuedCall& call);
  Lane* NextLane();
  // How many may work for `lane` at once.
  size_t WorkersFor(const Lane& lane) const;
  Clock::duration LimitFor(const QueuedCall& call, Clock::time_point now) const;
  Clock::duration ExpectedWait(const Lane& lane, size_t busy) const;
  absl::Status TooLate(const QueuedCall& call, Clock::time_point now) const;

  QueueLimits limits_;
  std::array<Lane, 3> lanes_;  // by length
  double virtual_us_ = 0;      // what the lane last served had had before
  double running_us_ = 0;      // expected, of all calls that run
  size_t very_long_running_ = 0;
  double slowness_ = 1;  // actual over expected time, smoothed
  // Since when no worker has found the queue empty, but for those it refused:
  // a queue that was just thrown out has not been worked off.
  std::optional<Clock::time_point> standing_since_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_CALL_QUEUE_H_
