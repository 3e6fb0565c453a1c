#include "server/call_record.h"

#include <algorithm>

#include "server/overload.h"

namespace akin::server {
namespace {

void RaiseTo(uint64_t value, std::atomic<uint64_t>* most) {
  uint64_t now = most->load(std::memory_order_relaxed);
  while (value > now && !most->compare_exchange_weak(now, value)) {
  }
}

double MicrosecondsOf(CallRecord::Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

bool LastsAsItsCallerLikes(Rpc rpc) {
  return rpc == Rpc::kStreamSearch || rpc == Rpc::kImportVersion;
}

}  // namespace

CallRecord::CallRecord(Rpc rpc, Clock::time_point deadline, CallStats* stats,
                       AccessLog* log, const StopSignal* parent)
    : rpc_(rpc),
      stats_(*stats),
      log_(*log),
      stop_(deadline, parent),
      chosen_(log_.Choose()) {
  stats_.in_flight.fetch_add(1, std::memory_order_relaxed);
}

CallRecord::~CallRecord() {
  const Clock::duration took = Clock::now() - begin_;
  RpcStats& rpc = stats_.of(rpc_);
  rpc.by_code[static_cast<size_t>(code_) % RpcStats::kCodes].fetch_add(
      1, std::memory_order_relaxed);
  rpc.latency(EndingOf(code_)).Add(took);
  if (left_queue_.has_value()) rpc.queue_delay.Add(*left_queue_ - begin_);
  if (queries_ > 0) {
    stats_.queries.fetch_add(queries_, std::memory_order_relaxed);
    stats_.distances.fetch_add(distances_, std::memory_order_relaxed);
  }
  const LineReason reason =
      log_.ReasonFor(chosen_, code_, took, LastsAsItsCallerLikes(rpc_));
  if (reason != LineReason::kNone) WriteLine(reason, took);
  // Last: who waits for no call to be in flight frees what is used above.
  stats_.in_flight.fetch_sub(1, std::memory_order_release);
}

void CallRecord::WriteLine(LineReason reason, Clock::duration took) const {
  AccessLine line;
  line.reason = reason;
  line.rpc = NameOf(rpc_);
  line.code = code_;
  line.model = model_.Get();
  line.table = table_.Get();
  line.version = version_;
  line.queries = queries_;
  line.distances = distances_;
  line.expected_us = expected_us_;
  line.us = MicrosecondsOf(took);
  if (left_queue_) line.queue_us = MicrosecondsOf(*left_queue_ - begin_);
  if (trace_ != nullptr) line.trace = trace_->Get();
  log_.Write(line);
}

void CallRecord::SetTarget(absl::string_view model, absl::string_view table,
                           int64_t version) {
  model_.Set(model);
  table_.Set(table);
  version_ = version;
}

void CallRecord::AddSearch(const SearchStats& stats, uint64_t queries) {
  queries_ += queries;
  distances_ += stats.distances;
}

void CallRecord::SetStatus(const absl::Status& status) {
  code_ = status.code();
  if (RetryAfter(status).has_value()) {
    stats_.overloaded.fetch_add(1, std::memory_order_relaxed);
  }
  if (!absl::IsCancelled(status) && !absl::IsDeadlineExceeded(status)) return;
  const auto useless_since = stop_.StoppedAt();
  if (!useless_since.has_value()) return;
  if (!at_work_) {
    stats_.not_begun.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  stats_.stopped.fetch_add(1, std::memory_order_relaxed);
  const auto late = std::chrono::nanoseconds(Clock::now() - *useless_since);
  RaiseTo(static_cast<uint64_t>(std::max<int64_t>(late.count(), 0)),
          &stats_.longest_stop_ns);
}

}  // namespace akin::server
