#include "server/recall/sample_rate.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace akin::server {

bool SampleRate::Take() {
  offered_.fetch_add(1, std::memory_order_relaxed);
  const uint32_t threshold = threshold_.load(std::memory_order_relaxed);
  if (threshold == 0) return false;
  thread_local std::minstd_rand random(std::random_device{}());
  return random() <= threshold;
}

void SampleRate::Adapt(double now, double share, double cpu_per_sample,
                       double fill) {
  // Over how long the rate of queries is averaged, and how often it is looked
  // at: too few of them say little.
  constexpr double kMemory = 5;
  constexpr double kLeast = 0.1;
  const double elapsed = now - now_;
  if (elapsed >= kLeast) {
    const uint64_t offered = this->offered();
    const double latest = static_cast<double>(offered - counted_) / elapsed;
    const double weight = has_rate_ ? 1 - std::exp(-elapsed / kMemory) : 1;
    per_second_ += weight * (latest - per_second_);
    has_rate_ = true;
    counted_ = offered;
    now_ = now;
  }
  const double wanted = per_second_ * cpu_per_sample;
  chance_ = wanted > 0 ? std::min(1.0, share / wanted * (0.5 + fill)) : 1.0;
  constexpr double kValues = std::minstd_rand::max();
  threshold_.store(
      chance_ >= 1 ? UINT32_MAX
                   : static_cast<uint32_t>(std::max(1.0, chance_ * kValues)),
      std::memory_order_relaxed);
}

}  // namespace akin::server
