// A line for a share of the calls, and for every one that failed by the
// server's fault or was slow: what was called, how it ended, what it took.
// Never a vector, an id or a word of what was asked.
//
// Thread-safe.

#ifndef AKIN_SERVER_ACCESS_LOG_H_
#define AKIN_SERVER_ACCESS_LOG_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/log/call_trace.h"
#include "server/log/log.h"

namespace akin::server {

// Why a call gets a line.
enum class LineReason : uint8_t { kNone, kShare, kSlow, kFailed };

struct AccessLine {
  LineReason reason = LineReason::kShare;
  absl::string_view rpc;
  absl::StatusCode code = absl::StatusCode::kUnknown;
  absl::string_view model;
  absl::string_view table;
  int64_t version = 0;
  uint64_t queries = 0;
  uint64_t distances = 0;
  double expected_us = 0;  // what the work was expected to take
  double queue_us = 0;     // waited for a worker
  double us = 0;           // from the message to the answer
  CallTrace trace;
};

// Whether the server, and not its caller or its load, is to blame: INTERNAL,
// UNKNOWN, DATA_LOSS.
bool IsServersFault(absl::StatusCode code);

// As "call rpc=Search status=OK model=glove ...", or "call failed" as an error,
// or "slow call" as a warning; of these two not more than the log's limit.
void WriteTo(Log* log, const AccessLine& line);

class AccessLog {
 public:
  using Sink = std::function<void(const AccessLine& line)>;
  using Duration = std::chrono::steady_clock::duration;

  // Every call of a `share` of 1, every tenth of 0.1, none of 0; and what takes
  // longer than `slow`, unless that is zero.
  AccessLog(double share, Sink sink, Duration slow = Duration::zero())
      : share_(share), slow_(slow), sink_(std::move(sink)) {}

  // Whether this call is one of the share.
  bool Choose();

  // Whether a call that has ended gets a line. `lasts`: it takes as long as its
  // caller likes, and is never slow.
  LineReason ReasonFor(bool chosen, absl::StatusCode code, Duration took,
                       bool lasts) const;

  void Write(const AccessLine& line) const {
    if (sink_) sink_(line);
  }

 private:
  const double share_;
  const Duration slow_;
  const Sink sink_;
  std::atomic<uint64_t> calls_{0};
};

}  // namespace akin::server

#endif  // AKIN_SERVER_ACCESS_LOG_H_
