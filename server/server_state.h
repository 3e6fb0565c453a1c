// What the rpcs share. Thread-safe.

#ifndef AKIN_SERVER_SERVER_STATE_H_
#define AKIN_SERVER_SERVER_STATE_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/worker_pool.h"
#include "index/version/catalog.h"
#include "server/access_log.h"
#include "server/call_stats.h"
#include "server/config.pb.h"
#include "server/search_pool.h"

namespace akin::server {

enum class Phase : uint8_t { kLoading, kServing, kDraining };

struct ServerState {
  // `config` is checked and has its `threads` set.
  explicit ServerState(Config settings, AccessLog::Sink log = nullptr)
      : config(std::move(settings)),
        access_log(config.access_log_share(), std::move(log)),
        load_pool(config.threads()),
        search_pool(QueueLimitsOf(config)) {}

  const Config config;
  Catalog catalog;
  CallStats stats;
  AccessLog access_log;
  std::atomic<Phase> phase{Phase::kLoading};
  const absl::Time started = absl::Now();
  WorkerPool load_pool;
  SearchPool search_pool;  // last: what it runs uses the others

 private:
  static QueueLimits QueueLimitsOf(const Config& config) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    using Duration = StopSignal::Clock::duration;
    return {std::chrono::duration_cast<Duration>(
                Milliseconds(config.max_queue_milliseconds())),
            std::chrono::duration_cast<Duration>(
                Milliseconds(std::min(config.queue_target_milliseconds(),
                                      config.max_queue_milliseconds()))),
            config.threads()};
  }
};

}  // namespace akin::server

#endif  // AKIN_SERVER_SERVER_STATE_H_
