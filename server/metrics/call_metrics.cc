#include <algorithm>
#include <iterator>
#include <string>

#include "server/metrics/collect.h"

namespace akin::server {
namespace {

// Those whose work may wait for a worker (dispatch.h).
constexpr Rpc kQueued[] = {
    Rpc::kSearch,     Rpc::kBatchSearch, Rpc::kStreamSearchQuery,
    Rpc::kGetVectors, Rpc::kScore,       Rpc::kExplain,
    Rpc::kListIds};

bool HasCalls(const RpcStats& stats) {
  return std::any_of(stats.by_code.begin(), stats.by_code.end(),
                     [](const auto& calls) { return calls > 0; });
}

// What was answered is told of every method, the other endings of those that
// have been called: mostly there before the first of them comes, so that it is
// an increase, and without a thousand lines of zeros for methods that nobody
// calls.
void AddDurations(const RpcStats& stats, const std::string& method,
                  prometheus::MetricFamily* took) {
  const size_t endings = HasCalls(stats) ? kEndings : 1;
  for (size_t i = 0; i < endings; ++i) {
    const auto ending = static_cast<Ending>(i);
    AddLatency(stats.latency(ending),
               {{"method", method}, {"status", std::string(NameOf(ending))}},
               took);
  }
}

double SecondsOf(uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) * 1e-9;
}

void CollectRpcs(const CallStats& stats, Families* families) {
  auto ended = CounterFamily("akin_rpc_requests_total",
                             "Calls that have ended, by gRPC status code");
  auto took = HistogramFamily("akin_rpc_duration_seconds",
                              "From the message read to the answer sent, by "
                              "how the call ended");
  auto waited = HistogramFamily(
      "akin_rpc_queue_delay_seconds",
      "What calls that could not be answered at once waited for a worker");
  for (size_t i = 0; i < kRpcs; ++i) {
    const Rpc rpc = static_cast<Rpc>(i);
    const std::string method(NameOf(rpc));
    // Codes that have not come are told as 0, so that their first is an
    // increase.
    for (size_t code = 0; code < RpcStats::kCodes; ++code) {
      const auto status = static_cast<absl::StatusCode>(code);
      AddValue(static_cast<double>(stats.of(rpc).Count(status)),
               {{"method", method}, {"code", absl::StatusCodeToString(status)}},
               &ended);
    }
    AddDurations(stats.of(rpc), method, &took);
    if (std::find(std::begin(kQueued), std::end(kQueued), rpc) !=
        std::end(kQueued)) {
      AddLatency(stats.of(rpc).queue_delay, {{"method", method}}, &waited);
    }
  }
  families->push_back(std::move(ended));
  families->push_back(std::move(took));
  families->push_back(std::move(waited));
}

}  // namespace

void CollectCalls(const CallStats& stats, Families* families) {
  CollectRpcs(stats, families);
  AddGauge(
      "akin_rpc_in_flight",
      "Calls begun and not yet wholly answered; a stream is one, and so is "
      "each of its queries",
      static_cast<double>(stats.in_flight), families);
  AddCounter("akin_rpc_begun_total", "Calls that came to be worked on",
             static_cast<double>(stats.begun), families);
  AddCounter("akin_rpc_overloaded_total",
             "Calls refused because the server had too much to do",
             static_cast<double>(stats.overloaded), families);
  AddCounter("akin_rpc_not_begun_total",
             "Calls whose caller was gone, or late, before they were begun",
             static_cast<double>(stats.not_begun), families);
  AddCounter("akin_rpc_stopped_total",
             "Calls whose caller was gone, or late, while they were at work",
             static_cast<double>(stats.stopped), families);
  AddGauge("akin_rpc_longest_stop_seconds",
           "The longest that work went on after its answer was of no use",
           SecondsOf(stats.longest_stop_ns), families);
  AddCounter("akin_queries_total", "Queries answered, in whatever call",
             static_cast<double>(stats.queries), families);
  AddCounter("akin_distances_total",
             "Vectors compared with a query, roughly or fully",
             static_cast<double>(stats.distances), families);
  AddGauge("akin_imports", "Imports that are being sent or built",
           static_cast<double>(stats.imports), families);
}

}  // namespace akin::server
