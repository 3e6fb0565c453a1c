// What the rpcs share. Thread-safe.

#ifndef AKIN_SERVER_SERVER_STATE_H_
#define AKIN_SERVER_SERVER_STATE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/worker_pool.h"
#include "index/version/catalog.h"
#include "server/request_threads.h"

namespace akin::server {

// Long calls that may wait for a thread; one more is refused.
inline constexpr size_t kMaxWaitingCalls = 256;

enum class Phase : uint8_t { kLoading, kServing, kDraining };

struct ServerState {
  explicit ServerState(size_t threads)
      : pool(threads), long_calls(threads, kMaxWaitingCalls) {}

  Catalog catalog;
  WorkerPool pool;  // loads and batches
  // Calls of ours that were begun and not yet wholly answered.
  std::atomic<int64_t> calls_in_flight{0};
  std::atomic<Phase> phase{Phase::kLoading};
  const absl::Time started = absl::Now();
  RequestThreads long_calls;  // last: what it runs uses the others
};

}  // namespace akin::server

#endif  // AKIN_SERVER_SERVER_STATE_H_
