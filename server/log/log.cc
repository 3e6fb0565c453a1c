#include "server/log/log.h"

#include <utility>

namespace akin::server {

Log::Log(Options options, Sink sink)
    : options_(std::move(options)),
      sink_(std::move(sink)),
      limit_(options_.rate) {}

Log::~Log() { SayLeftOut(/*all=*/true); }

void Log::Write(LogLevel level, absl::string_view message,
                absl::Span<const LogField> fields) {
  if (!Wants(level)) return;
  const absl::Time now = options_.clock();
  uint64_t left_out = 0;
  if (!limit_.Allow(message, now, &left_out)) return;
  if (left_out > 0) SayLeftOut(message, left_out, now);
  Emit({now, level, message, fields});
}

void Log::WriteEach(LogLevel level, absl::string_view message,
                    absl::Span<const LogField> fields) {
  if (Wants(level)) Emit({options_.clock(), level, message, fields});
}

void Log::SayLeftOut(bool all) {
  const absl::Time now = options_.clock();
  for (const EventLimit::LeftOut& left : limit_.TakeLeftOut(now, all)) {
    SayLeftOut(left.event, left.count, now);
  }
}

// At the level of errors: whoever sees the event at all has to see this.
void Log::SayLeftOut(absl::string_view event, uint64_t count, absl::Time now) {
  const LogField fields[] = {{"event", event}, {"lines", count}};
  Emit({now, LogLevel::kError, "lines were left out", fields});
}

void Log::Emit(const LogLine& line) {
  sink_(line.level, options_.json ? FormatJson(line) : FormatReadable(line));
}

}  // namespace akin::server
