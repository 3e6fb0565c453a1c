#include "tests/bench/versions/swap_windows.h"

#include "tests/bench/statistics.h"

namespace akin::bench {
namespace {

std::vector<float> LatenciesIn(absl::Span<const TimedCall> calls,
                               const Window& window) {
  std::vector<float> latencies;
  for (const TimedCall& call : calls) {
    if (call.meant >= window.begin && call.meant < window.end) {
      latencies.push_back(call.latency_us);
    }
  }
  return latencies;
}

}  // namespace

std::optional<SwapTail> TailOf(absl::Span<const TimedCall> calls,
                               const SwapWindows& windows) {
  std::vector<float> before = LatenciesIn(calls, windows.before);
  std::vector<float> during = LatenciesIn(calls, windows.during);
  if (before.empty() || during.empty()) return std::nullopt;
  return SwapTail{during.size(), Percentile(&before, 0.99),
                  Percentile(&during, 0.99)};
}

}  // namespace akin::bench
