// The server's log: events as sentences, with facts beside them.
//
// What varies and can come often goes into the fields, not into the sentence:
// of one sentence there are at most ten lines a second (after
// twenty at once), and then one that says how many were left out.
//
// Thread-safe.

#ifndef AKIN_SERVER_LOG_LOG_H_
#define AKIN_SERVER_LOG_LOG_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/log/event_limit.h"
#include "server/log/log_line.h"

namespace akin::server {

class Log {
 public:
  // Is given each line, without its end, from any thread.
  using Sink = std::function<void(LogLevel level, const std::string& line)>;

  struct Options {
    LogLevel least = LogLevel::kInfo;
    bool json = false;
    EventLimit::Rate rate;
    std::function<absl::Time()> clock = [] { return absl::Now(); };
  };

  // `sink` must not be null.
  Log(Options options, Sink sink);
  // Says what was left out and not said yet.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Whether a line of that level is written at all.
  bool Wants(LogLevel level) const { return level >= options_.least; }

  using Fields = std::initializer_list<LogField>;
  void Debug(absl::string_view message, Fields fields = {}) {
    Write(LogLevel::kDebug, message, fields);
  }
  void Info(absl::string_view message, Fields fields = {}) {
    Write(LogLevel::kInfo, message, fields);
  }
  void Warning(absl::string_view message, Fields fields = {}) {
    Write(LogLevel::kWarning, message, fields);
  }
  void Error(absl::string_view message, Fields fields = {}) {
    Write(LogLevel::kError, message, fields);
  }
  void Write(LogLevel level, absl::string_view message,
             absl::Span<const LogField> fields);

  // However often it comes: for what has its own share.
  void WriteEach(LogLevel level, absl::string_view message,
                 absl::Span<const LogField> fields);

  // Says what was left out of events that have not come again since. To be
  // called now and then.
  void SayLeftOut() { SayLeftOut(/*all=*/false); }

 private:
  void SayLeftOut(bool all);
  void SayLeftOut(absl::string_view event, uint64_t count, absl::Time now);
  void Emit(const LogLine& line);

  const Options options_;
  const Sink sink_;
  EventLimit limit_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_LOG_LOG_H_
