// What the rpcs share. Thread-safe.

#ifndef AKIN_SERVER_SERVER_STATE_H_
#define AKIN_SERVER_SERVER_STATE_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/worker_pool.h"
#include "index/version/catalog.h"
#include "server/access_log.h"
#include "server/auth/security.h"
#include "server/call_stats.h"
#include "server/config.pb.h"
#include "server/load_stats.h"
#include "server/process_facts.h"
#include "server/recall/recall_monitor.h"
#include "server/search_pool.h"
#include "server/shadow.h"
#include "server/task_thread.h"
#include "server/version_keeper.h"

namespace akin::server {

enum class Phase : uint8_t { kLoading, kServing, kDraining };

struct ServerState {
  // `config` is checked and has its `threads` set. `log` is given a line a
  // call, `say` what became of versions.
  explicit ServerState(Config settings, AccessLog::Sink log = nullptr,
                       ModelLabels::Say say = nullptr)
      : config(std::move(settings)),
        keeper(MakeKeeper(config, say, &catalog, &loads)),
        access_log(config.access_log_share(), std::move(log),
                   SlowCallOf(config)),
        load_pool(config.threads()),
        recall(RecallOptionsOf(config, std::move(say)), &catalog),
        search_pool(QueueLimitsOf(config)) {}

  const Config config;
  Catalog catalog;
  LoadStats loads;
  const std::unique_ptr<VersionKeeper> keeper;  // null: no repository
  CallStats stats;
  AccessLog access_log;
  // Set before calls come, and not changed; null: nobody is asked who they are,
  // and nothing is said of calls.
  std::unique_ptr<Security> security;
  std::atomic<Phase> phase{Phase::kLoading};
  const absl::Time started = absl::Now();
  const ProcessFacts process;
  WorkerPool load_pool;
  // What the last ones run uses those above.
  Shadow shadow;
  RecallMonitor recall;
  TaskThread errands{"changes", 64, /*gives_way=*/false};
  TaskThread comparisons{"comparisons", 8, /*gives_way=*/true};
  SearchPool search_pool;

 private:
  static std::unique_ptr<VersionKeeper> MakeKeeper(const Config& config,
                                                   ModelLabels::Say say,
                                                   Catalog* catalog,
                                                   LoadStats* loads) {
    if (config.repository().empty()) return nullptr;
    VersionKeeper::Options options;
    options.repository = config.repository();
    options.keep_versions = config.keep_versions();
    options.follow_latest = config.follow() == "latest";
    options.map_files = config.file_access() == "map";
    options.loads = loads;
    options.say = say ? std::move(say) : [](const std::string&, bool) {};
    return std::make_unique<VersionKeeper>(std::move(options), catalog);
  }
  static AccessLog::Duration SlowCallOf(const Config& config) {
    return std::chrono::duration_cast<AccessLog::Duration>(
        std::chrono::duration<double, std::milli>(
            config.slow_call_milliseconds()));
  }
  static RecallMonitor::Options RecallOptionsOf(const Config& config,
                                                ModelLabels::Say say) {
    return {config.recall_cpu_share(),
            {config.recall_target(), config.recall_effort_least(),
             config.recall_effort_most()},
            std::move(say)};
  }
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
