// When the work of a call must have ended.

#ifndef AKIN_SERVER_CALL_DEADLINE_H_
#define AKIN_SERVER_CALL_DEADLINE_H_

#include <algorithm>
#include <chrono>

#include "index/search/stop_signal.h"

namespace akin::server {

inline StopSignal::Clock::time_point DeadlineAfter(double seconds) {
  return StopSignal::Clock::now() +
         std::chrono::duration_cast<StopSignal::Clock::duration>(
             std::chrono::duration<double>(seconds));
}

// The caller's deadline, but no later than `most_seconds` from now.
inline StopSignal::Clock::time_point DeadlineOf(
    std::chrono::system_clock::time_point callers, double most_seconds) {
  // gRPC counts by the wall clock, and says "never" by its last moment.
  const std::chrono::duration<double> left =
      callers - std::chrono::system_clock::now();
  return DeadlineAfter(std::min(left.count(), most_seconds));
}

}  // namespace akin::server

#endif  // AKIN_SERVER_CALL_DEADLINE_H_
