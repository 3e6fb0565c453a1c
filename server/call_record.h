// One call, from its message to its answer: what it was about, how it ended and
// what it took. The destructor writes that into the server's counters and, of
// calls that get a line, into the access log; handlers only fill in facts.
//
// Used by one thread at a time, but for Cancel.

#ifndef AKIN_SERVER_CALL_RECORD_H_
#define AKIN_SERVER_CALL_RECORD_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "index/base/limits.h"
#include "index/search/searcher.h"
#include "index/search/stop_signal.h"
#include "server/access_log.h"
#include "server/call_stats.h"
#include "server/log/call_trace.h"

namespace akin::server {

class CallRecord {
 public:
  using Clock = StopSignal::Clock;

  // `deadline`: when the work must stop; `parent`, if not null, stops it too.
  // All must outlive the record.
  CallRecord(Rpc rpc, Clock::time_point deadline, CallStats* stats,
             AccessLog* log, const StopSignal* parent = nullptr);
  ~CallRecord();
  CallRecord(const CallRecord&) = delete;
  CallRecord& operator=(const CallRecord&) = delete;

  // When to give up, for the search.
  const StopSignal& stop() const { return stop_; }
  // The caller is gone.
  void Cancel() { stop_.Cancel(); }

  // Whether it is one of the share that gets a line, however it ends.
  bool chosen() const { return chosen_; }
  // Asked in the destructor, and only for a line; may be null, must outlive the
  // record.
  void set_trace(const TraceSource* trace) { trace_ = trace; }

  // Facts, as they become known.
  void SetTarget(absl::string_view model, absl::string_view table,
                 int64_t version);
  void SetExpected(double microseconds) { expected_us_ = microseconds; }
  // A worker has turned to it.
  void LeftQueue() { left_queue_ = Clock::now(); }
  // It is worth beginning.
  void BeginWork() {
    at_work_ = true;
    stats_.begun.fetch_add(1, std::memory_order_relaxed);
  }
  void AddSearch(const SearchStats& stats, uint64_t queries = 1);

  // The work has ended, like this; what is left is sending the answer.
  void SetStatus(const absl::Status& status);

 private:
  // A name, kept without an allocation. A longer one than any of ours is cut.
  class Name {
   public:
    void Set(absl::string_view name) {
      size_ = static_cast<uint8_t>(std::min(name.size(), sizeof(text_)));
      name.copy(text_, size_);
    }
    absl::string_view Get() const { return {text_, size_}; }

   private:
    uint8_t size_ = 0;
    char text_[kMaxNameBytes];
  };

  void WriteLine(LineReason reason, Clock::duration took) const;

  const Rpc rpc_;
  const Clock::time_point begin_ = Clock::now();
  CallStats& stats_;
  AccessLog& log_;
  StopSignal stop_;
  const bool chosen_;
  const TraceSource* trace_ = nullptr;
  absl::StatusCode code_ = absl::StatusCode::kUnknown;
  bool at_work_ = false;
  double expected_us_ = 0;
  std::optional<Clock::time_point> left_queue_;
  uint64_t queries_ = 0;
  uint64_t distances_ = 0;
  int64_t version_ = 0;
  Name model_;
  Name table_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_CALL_RECORD_H_
