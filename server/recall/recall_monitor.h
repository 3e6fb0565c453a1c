// Measures the recall of what is served: asks a sample of the queries that an
// approximate index has answered again, exactly, on the version that answered.
//
// One thread does it, which gives way (give_way.h) and uses no more than a
// share of one processor (cpu_budget.h, by its own CPU clock). What is offered
// is taken at random, as often as that allows (sample_rate.h); while there is
// nothing left an offer is two relaxed atomics. A sample that is taken costs
// its caller a copy of the request and of the ids and scores of the answer.
//
// A sample that waits holds no version, only a weak pointer: what is retired
// meanwhile is gone at once and the sample is dropped. The one at work holds
// its version for kMostSeconds at the most.
//
// Thread-safe.

#ifndef AKIN_SERVER_RECALL_RECALL_MONITOR_H_
#define AKIN_SERVER_RECALL_RECALL_MONITOR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "akin/v1/search_service.pb.h"
#include "index/base/mutex.h"
#include "index/query/answer.h"
#include "index/search/stop_signal.h"
#include "index/version/catalog.h"
#include "server/recall/answered_recall.h"
#include "server/recall/recall_book.h"
#include "server/recall/recall_control.h"
#include "server/recall/recall_report.h"
#include "server/recall/sample_rate.h"

namespace akin::server {

class RecallMonitor {
 public:
  // Samples that wait, and the bytes of a request that is sampled.
  static constexpr size_t kMostWaiting = 64;
  static constexpr size_t kMostBytes = 1 << 20;
  static constexpr double kMostSeconds = 10;

  struct Options {
    double cpu_share = 0.01;  // of one processor; 0: off, no thread
    RecallTarget target = {};
    RecallBook::Say say = nullptr;  // any thread
  };

  // `catalog`, which must outlive this, says what is served.
  RecallMonitor(Options options, const Catalog* catalog);
  ~RecallMonitor();  // ends what it is at

  // What the effort of a query without a target_recall of its own is multiplied
  // by.
  float EffortFactor(absl::string_view model, int64_t version,
                     absl::string_view table) const {
    return book_.EffortFactor(model, version, table);
  }

  // Whether this answer is to be offered. Exact ones never are.
  bool IsDue(const Answer& answer) {
    return options_.cpu_share > 0 && !answer.stats.exact && rate_.Take() &&
           HasRoom();
  }

  // `version` answered `request` with `answer`, with its effort multiplied by
  // `effort_factor`.
  void Offer(const std::shared_ptr<const Version>& version,
             const v1::SearchRequest& request, const Answer& answer,
             float effort_factor);

  RecallReport Report() const;

 private:
  struct Sample {
    std::weak_ptr<const Version> version;
    v1::SearchRequest request;
    std::vector<AnsweredHit> hits;  // ids of the version
    float effort_factor;
  };

  // Counts what is dropped for want of it, before it was copied.
  bool HasRoom();
  void Run();
  void Forget();
  void Pause(double seconds);
  // Waits for one, but not for long.
  std::optional<Sample> Next();
  void Measure(const Sample& sample);
  bool IsServed(const Version& version) const;

  SampleRate rate_;  // first: it has cache lines of its own
  const Options options_;
  const Catalog& catalog_;
  const double began_;
  RecallBook book_;
  std::atomic<bool> ended_{false};
  std::atomic<double> cpu_seconds_{0};
  std::atomic<uint64_t> taken_{0};
  std::atomic<uint64_t> measured_{0};
  std::atomic<uint64_t> dropped_full_{0};
  std::atomic<uint64_t> dropped_retired_{0};
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> empty_{0};
  StopSignal stop_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Sample> waiting_ ABSL_GUARDED_BY(mutex_);
  std::atomic<size_t> waiting_size_{0};  // nearly
  std::thread thread_;  // last: it uses the others; none when off
};

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_RECALL_MONITOR_H_
