// A line of the log, as it is written: for people, or for programs.
//
// Either is one line, whatever is in it: who sends a line end, a quote or bytes
// that are no UTF-8 cannot begin another line or another field.

#ifndef AKIN_SERVER_LOG_LOG_LINE_H_
#define AKIN_SERVER_LOG_LOG_LINE_H_

#include <concepts>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace akin::server {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

absl::string_view NameOf(LogLevel level);  // "warning"
// The level of that name; kInfo if there is none.
LogLevel LogLevelNamed(absl::string_view name);

// A fact of an event. Never a vector, an id of what was asked, or a token.
struct LogField {
  using Value =
      std::variant<absl::string_view, int64_t, uint64_t, double, bool>;

  // A text longer than this is cut.
  static constexpr size_t kMostBytes = 1024;

  LogField(absl::string_view name, bool fact) : key(name), value(fact) {}
  LogField(absl::string_view name, double fact) : key(name), value(fact) {}
  LogField(absl::string_view name, std::signed_integral auto fact)
      : key(name), value(static_cast<int64_t>(fact)) {}
  LogField(absl::string_view name, std::unsigned_integral auto fact)
      : key(name), value(static_cast<uint64_t>(fact)) {}
  // `fact` has to outlive the field.
  LogField(absl::string_view name, absl::string_view fact)
      : key(name), value(fact) {}
  LogField(absl::string_view name, const char* fact)
      : LogField(name, absl::string_view(fact)) {}
  LogField(absl::string_view name, const std::string& fact)
      : LogField(name, absl::string_view(fact)) {}

  absl::string_view key;  // of a-z, 0-9 and '_'; not time, level or message
  Value value;
};
using LogFields = std::vector<LogField>;

struct LogLine {
  absl::Time time;
  LogLevel level = LogLevel::kInfo;
  absl::string_view message;
  absl::Span<const LogField> fields;
};

// "2026-11-22T21:00:00.123 info bound to 127.0.0.1:7400 key=value", in local
// time. A value with blanks, quotes or the like is quoted as JSON is. Without a
// line end.
std::string FormatReadable(const LogLine& line);

// An object: time (RFC 3339, UTC, microseconds), level, message, and the
// fields, numbers as numbers (null: not finite). Without a line end.
std::string FormatJson(const LogLine& line);

}  // namespace akin::server

#endif  // AKIN_SERVER_LOG_LOG_LINE_H_
