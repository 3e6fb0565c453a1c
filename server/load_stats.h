// How the loads of a server's life ended: counters, in process. Thread-safe and
// lock-free.

#ifndef AKIN_SERVER_LOAD_STATS_H_
#define AKIN_SERVER_LOAD_STATS_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace akin::server {

struct LoadStats {
  // Versions that were loaded and published, and attempts that failed; one that
  // nobody wanted any more is neither.
  std::atomic<uint64_t> ok{0};
  std::atomic<uint64_t> failed{0};
  // Since the Unix epoch; 0: none was.
  std::atomic<int64_t> last_ok_ns{0};

  void Count(const absl::Status& loaded) {
    if (loaded.ok()) {
      ++ok;
      last_ok_ns = absl::ToUnixNanos(absl::Now());
    } else if (!absl::IsCancelled(loaded)) {
      ++failed;
    }
  }
};

}  // namespace akin::server

#endif  // AKIN_SERVER_LOAD_STATS_H_
