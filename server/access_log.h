// A line for a share of the calls: what was called, how it ended, what it took.
// Never a vector, an id or a word of what was asked.
//
// Thread-safe.

#ifndef AKIN_SERVER_ACCESS_LOG_H_
#define AKIN_SERVER_ACCESS_LOG_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace akin::server {

struct AccessLine {
  absl::string_view rpc;
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string model;
  std::string table;
  int64_t version = 0;
  uint64_t queries = 0;
  uint64_t distances = 0;
  double expected_us = 0;   // what the work was expected to take
  double queue_us = 0;      // waited for a worker
  double us = 0;            // from the message to the answer
  std::string traceparent;  // W3C Trace Context, as the caller sent it
};

// "rpc=Search status=OK model=glove ...": a key, "=", a value without blanks.
std::string Format(const AccessLine& line);

class AccessLog {
 public:
  using Sink = std::function<void(const std::string& line)>;

  // Every call of a `share` of 1, every tenth of 0.1, none of 0.
  AccessLog(double share, Sink sink) : share_(share), sink_(std::move(sink)) {}

  // Whether this call is one that gets a line.
  bool Choose();

  void Write(const AccessLine& line) const {
    if (sink_) sink_(Format(line));
  }

 private:
  const double share_;
  const Sink sink_;
  std::atomic<uint64_t> calls_{0};
};

}  // namespace akin::server

#endif  // AKIN_SERVER_ACCESS_LOG_H_
