// A line for every call that changes something, or may see who else is there,
// and for calls that were refused: who, from where, what, and how it ended.
// Never a token, and nothing of a request but its model.
//
// Thread-safe.

#ifndef AKIN_SERVER_AUTH_AUDIT_LOG_H_
#define AKIN_SERVER_AUTH_AUDIT_LOG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "index/base/mutex.h"

namespace akin::server {

struct AuditLine {
  std::string method;   // its name, or its path if it is none of ours
  std::string token;    // its name; empty: none, or none that is known
  std::string subject;  // of the client's certificate; empty: none
  std::string peer;     // its address, as gRPC writes it; empty: not known
  std::string model;    // empty: none was named
  absl::StatusCode code = absl::StatusCode::kUnknown;
};

// "audit rpc=SetLabel who=token:ops peer=ipv4:10.0.0.7:4711 model=glove
// status=OK", in one line. Texts from outside are escaped: none ends the line,
// or begins another field.
std::string Format(const AuditLine& line);

class AuditLog {
 public:
  using Sink = std::function<void(const std::string& line)>;

  explicit AuditLog(Sink sink) : sink_(std::move(sink)) {}

  void Write(const AuditLine& line) const {
    if (sink_) sink_(Format(line));
  }

  // Of a call that never got to its handler. Those who try many tokens cannot
  // fill the disk: at most kMostRefusals lines a second are written, and how
  // many were left out is said with the next.
  void Refused(const AuditLine& line, absl::Time now);
  static constexpr int kMostRefusals = 10;

 private:
  const Sink sink_;
  Mutex mutex_;
  absl::Time second_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int written_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_AUDIT_LOG_H_
