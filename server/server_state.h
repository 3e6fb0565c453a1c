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

namespace akin::server {

enum class Phase : uint8_t { kLoading, kServing, kDraining };

struct ServerState {
  explicit ServerState(size_t threads) : pool(threads) {}

  Catalog catalog;
  WorkerPool pool;  // loads and batches
  std::atomic<Phase> phase{Phase::kLoading};
  const absl::Time started = absl::Now();
};

}  // namespace akin::server

#endif  // AKIN_SERVER_SERVER_STATE_H_
