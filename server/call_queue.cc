#include "server/call_queue.h"

#include <algorithm>
#include <utility>

#include "index/base/status_macros.h"
#include "server/overload.h"

namespace akin::server {
namespace {

using Clock = StopSignal::Clock;

Clock::duration Microseconds(double us) {
  return std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double, std::micro>(us));
}

// A caller that was refused should come back when what waits now is done, and
// not all at once with the others: hence no less than this.
constexpr std::chrono::milliseconds kLeastRetry{10};

absl::Status Refusal(Clock::duration expected_wait) {
  return OverloadedError(std::max(
      kLeastRetry,
      std::chrono::duration_cast<std::chrono::milliseconds>(expected_wait)));
}

}  // namespace

CallQueue::CallQueue(const QueueLimits& limits) : limits_(limits) {}

Clock::duration CallQueue::LimitFor(const QueuedCall& call,
                                    Clock::time_point now) const {
  const bool standing =
      standing_since_.has_value() && now - *standing_since_ > kInterval;
  return std::max(standing ? limits_.target : limits_.max_wait,
                  Microseconds(2 * call.expected_us * slowness_));
}

size_t CallQueue::size() const {
  size_t size = 0;
  for (const Lane& lane : lanes_) size += lane.calls.size();
  return size;
}

CallQueue::Lane& CallQueue::LaneOf(const QueuedCall& call) {
  if (call.expected_us <= kLongMicroseconds) return lanes_[0];
  return lanes_[call.expected_us <= kVeryLongMicroseconds ? 1 : 2];
}

size_t CallQueue::WorkersFor(const Lane& lane) const {
  const bool very_long = &lane == &lanes_.back();
  return very_long && limits_.workers > 1 ? limits_.workers - 1
                                          : limits_.workers;
}

Clock::duration CallQueue::ExpectedWait(const Lane& lane, size_t busy) const {
  const bool very_long = &lane == &lanes_.back();
  const size_t workers = WorkersFor(lane);
  const size_t taken =
      very_long ? very_long_running_ + lane.calls.size() : busy;
  if (busy < limits_.workers && taken < workers) return {};
  // Those that run are half done, on average.
  double before = lane.expected_us + running_us_ / 2;
  // The other lanes have their turns, but no more than they have calls.
  for (const Lane& other : lanes_) {
    if (&other != &lane) {
      before += std::min(other.expected_us, lane.expected_us);
    }
  }
  return Microseconds(before * slowness_ / static_cast<double>(workers));
}

absl::Status CallQueue::Offer(QueuedCall* call, size_t busy,
                              Clock::time_point now) {
  Lane& lane = LaneOf(*call);
  // A worker that has nothing to do is no sign of a standing queue.
  if (busy == 0 && size() == 0) standing_since_.reset();
  const Clock::duration wait = ExpectedWait(lane, busy);
  if (wait > LimitFor(*call, now)) return Refusal(wait);
  // A lane that had no calls has not saved up its share.
  if (lane.calls.empty())
    lane.served_us = std::max(lane.served_us, virtual_us_);
  if (!standing_since_.has_value()) standing_since_ = now;
  call->arrived = now;
  lane.expected_us += call->expected_us;
  lane.calls.push_back(std::move(*call));
  return absl::OkStatus();
}

CallQueue::Lane* CallQueue::NextLane() {
  Lane* next = nullptr;
  for (Lane& lane : lanes_) {
    if (lane.calls.empty()) continue;
    if (&lane == &lanes_.back() && very_long_running_ >= WorkersFor(lane)) {
      continue;
    }
    if (next == nullptr || lane.served_us < next->served_us) next = &lane;
  }
  return next;
}

absl::Status CheckWanted(const StopSignal& stop) {
  if (stop.Cancelled()) {
    return absl::CancelledError("the call was cancelled before it was begun");
  }
  if (stop.Stopped()) {
    return absl::DeadlineExceededError(
        "the deadline passed before the call was begun");
  }
  return absl::OkStatus();
}

absl::Status CallQueue::TooLate(const QueuedCall& call,
                                Clock::time_point now) const {
  if (call.stop != nullptr) {
    AKIN_RETURN_IF_ERROR(CheckWanted(*call.stop));
  }
  const Clock::duration waited = now - call.arrived;
  if (waited > LimitFor(call, now)) return Refusal(waited);
  return absl::OkStatus();
}

CallQueue::Turn CallQueue::Next(Clock::time_point now) {
  Turn turn;
  while (Lane* lane = NextLane()) {
    QueuedCall call = std::move(lane->calls.front());
    lane->calls.pop_front();
    lane->expected_us =
        lane->calls.empty() ? 0 : lane->expected_us - call.expected_us;
    absl::Status late = TooLate(call, now);
    if (late.ok()) {
      virtual_us_ = lane->served_us;
      lane->served_us += call.expected_us;
      running_us_ += call.expected_us;
      if (lane == &lanes_.back()) ++very_long_running_;
      turn.call = std::move(call);
      break;
    }
    turn.refused.push_back({std::move(call), std::move(late)});
  }
  if (size() == 0 && turn.refused.empty()) standing_since_.reset();
  return turn;
}

void CallQueue::Took(double expected_us, double actual_us) {
  running_us_ = std::max(running_us_ - expected_us, 0.0);
  if (expected_us > kVeryLongMicroseconds) --very_long_running_;
  if (expected_us <= 0) return;
  // Calls that failed at once, and batches with which idle workers helped, say
  // little about the machine: hence no less than a half.
  constexpr double kWeight = 1.0 / 16;
  const double ratio = std::clamp(actual_us / expected_us, 0.5, 4.0);
  slowness_ += kWeight * (ratio - slowness_);
}

}  // namespace akin::server
