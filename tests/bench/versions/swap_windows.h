// Latency in two stretches of one load: before a swap, and during it.

#ifndef AKIN_TESTS_BENCH_VERSIONS_SWAP_WINDOWS_H_
#define AKIN_TESTS_BENCH_VERSIONS_SWAP_WINDOWS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace akin::bench {

// A call that was answered; seconds from the same beginning as a Window's.
struct TimedCall {
  double meant = 0;  // to be sent
  float latency_us = 0;
};

struct Window {
  double begin = 0;
  double end = 0;  // not in it
};

struct SwapWindows {
  Window before;
  Window during;
};

struct SwapTail {
  size_t calls_during = 0;
  float before_us = 0;  // 99th percentiles
  float during_us = 0;

  double ratio() const { return during_us / before_us; }
};

// Of the calls meant to be sent in each window. Nothing if one has no calls.
std::optional<SwapTail> TailOf(absl::Span<const TimedCall> calls,
                               const SwapWindows& windows);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_SWAP_WINDOWS_H_
