// When a search must give up: at a deadline, or when its caller is gone.

#ifndef AKIN_INDEX_SEARCH_STOP_SIGNAL_H_
#define AKIN_INDEX_SEARCH_STOP_SIGNAL_H_

#include <atomic>
#include <chrono>

namespace akin {

// Thread-safe.
class StopSignal {
 public:
  using Clock = std::chrono::steady_clock;

  explicit StopSignal(Clock::time_point deadline = Clock::time_point::max())
      : deadline_(deadline) {}
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  bool Cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

  // Some 25 ns: asked once per block of work, not per distance.
  bool Stopped() const {
    return Cancelled() ||
           (deadline_ != Clock::time_point::max() && Clock::now() >= deadline_);
  }

 private:
  const Clock::time_point deadline_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_STOP_SIGNAL_H_
