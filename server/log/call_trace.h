// Who a call is from, as its metadata says: for the log, and to send back.

#ifndef AKIN_SERVER_LOG_CALL_TRACE_H_
#define AKIN_SERVER_LOG_CALL_TRACE_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace akin::server {

inline constexpr char kRequestIdKey[] = "x-request-id";
inline constexpr char kTraceparentKey[] = "traceparent";

struct CallTrace {
  std::string request_id;   // the caller's, or one made here
  std::string traceparent;  // W3C Trace Context; empty: none, or no such thing
};

// What a call says about its caller. Asked at a call's end, if at all.
class TraceSource {
 public:
  virtual ~TraceSource() = default;
  virtual CallTrace Get() const = 0;
};

// One that is known from the start.
class KnownTrace final : public TraceSource {
 public:
  explicit KnownTrace(CallTrace trace = {}) : trace_(std::move(trace)) {}
  CallTrace Get() const override { return trace_; }

 private:
  CallTrace trace_;
};

// `id` and `traceparent` as they came, or empty. What is not as below is
// replaced, or left out.
CallTrace TraceFrom(absl::string_view id, absl::string_view traceparent);

// 1 to 128 characters of ASCII that can be seen.
bool IsRequestId(absl::string_view text);

// "00-" TRACE "-" PARENT "-" FLAGS, in lower case hexadecimal digits, 32, 16
// and 2 of them, neither of the first two all zeros. Of a later version of the
// format, which may say more behind that, too.
bool IsTraceparent(absl::string_view text);

// 16 hexadecimal digits: another in every call, and hardly ever one of another
// process. A name, not a secret. Thread-safe and lock-free.
std::string NewRequestId();

}  // namespace akin::server

#endif  // AKIN_SERVER_LOG_CALL_TRACE_H_
