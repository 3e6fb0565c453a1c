#include "server/call_queue.h"

#include <algorithm>
#include <utility>

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

Clock::duration CallQueue::ExpectedWait(const Lane& lane, size_t busy) const {
  if (busy < limits_.workers) return Clock::duration::zero();
  const Lane& other = lanes_[&lane == lanes_.data() ? 1 : 0];
  // The other lane has its turns, but no more than it has calls.
  const double before =
      lane.expected_us + std::min(other.expected_us, lane.expected_us);
  return Microseconds(before * slowness_ /
                      static_cast<double>(limits_.workers));
}

absl::Status CallQueue::Offer(QueuedCall* call, size_t busy,
                              Clock::time_point now) {
  Lane& lane = LaneOf(*call);
  const Clock::duration wait = ExpectedWait(lane, busy);
  if (wait > LimitFor(*call, now)) return Refusal(wait);
  if (lane.calls.empty()) {
    // A lane that had no calls has not saved up its share.
    const Lane& other = lanes_[&lane == lanes_.data() ? 1 : 0];
    lane.served_us = std::max(lane.served_us, other.served_us);
  }
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
    if (next == nullptr || lane.served_us < next->served_us) next = &lane;
  }
  return next;
}

absl::Status CallQueue::TooLate(const QueuedCall& call,
                                Clock::time_point now) const {
  if (call.stop != nullptr && call.stop->Cancelled()) {
    return absl::CancelledError("the call was cancelled before it was begun");
  }
  if (call.stop != nullptr && call.stop->Stopped()) {
    return absl::DeadlineExceededError(
        "the deadline passed before the call was begun");
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
      lane->served_us += call.expected_us;
      turn.call = std::move(call);
      break;
    }
    turn.refused.push_back({std::move(call), std::move(late)});
  }
  if (size() == 0 && turn.refused.empty()) standing_since_.reset();
  return turn;
}

void CallQueue::Took(double expected_us, double actual_us) {
  if (expected_us <= 0) return;
  constexpr double kWeight = 1.0 / 16;
  const double ratio = std::clamp(actual_us / expected_us, 0.1, 10.0);
  slowness_ += kWeight * (ratio - slowness_);
}

}  // namespace akin::server
