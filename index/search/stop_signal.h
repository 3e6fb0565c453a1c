// When a search must give up: at a deadline, or when its caller is gone.

#ifndef AKIN_INDEX_SEARCH_STOP_SIGNAL_H_
#define AKIN_INDEX_SEARCH_STOP_SIGNAL_H_

#include <atomic>
#include <chrono>
#include <optional>

namespace akin {

// Thread-safe.
class StopSignal {
 public:
  using Clock = std::chrono::steady_clock;

  // `parent`, which may be null and outlives this, cancels it too.
  explicit StopSignal(Clock::time_point deadline = Clock::time_point::max(),
                      const StopSignal* parent = nullptr)
      : deadline_(deadline), parent_(parent) {}
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void Cancel() {
    Clock::rep never = kNever;
    cancelled_at_.compare_exchange_strong(
        never, Clock::now().time_since_epoch().count(),
        std::memory_order_relaxed);
  }

  bool Cancelled() const { return CancelledAt() != kNever; }

  // Since when the answer has been of no use; nothing while it still is.
  std::optional<Clock::time_point> StoppedAt() const {
    const Clock::rep at = CancelledAt();
    if (at != kNever) return Clock::time_point(Clock::duration(at));
    if (Stopped()) return deadline_;
    return std::nullopt;
  }

  // Some 25 ns: asked once per block of work, not per distance.
  bool Stopped() const {
    return Cancelled() ||
           (deadline_ != Clock::time_point::max() && Clock::now() >= deadline_);
  }

 private:
  static constexpr Clock::rep kNever = 0;

  Clock::rep CancelledAt() const {
    const Clock::rep at = cancelled_at_.load(std::memory_order_relaxed);
    return at != kNever || parent_ == nullptr ? at : parent_->CancelledAt();
  }

  const Clock::time_point deadline_;
  const StopSignal* const parent_;
  std::atomic<Clock::rep> cancelled_at_{kNever};
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_STOP_SIGNAL_H_
