#include "server/access_log.h"

#include <cmath>

namespace akin::server {
namespace {

int64_t Whole(double microseconds) { return std::llround(microseconds); }

void AddText(absl::string_view key, absl::string_view text, LogFields* fields) {
  constexpr size_t kMost = 128;  // a caller may send any name
  if (!text.empty()) fields->emplace_back(key, text.substr(0, kMost));
}

LogFields FieldsOf(const AccessLine& line, absl::string_view status) {
  LogFields fields;
  fields.reserve(12);
  fields.emplace_back("rpc", line.rpc);
  fields.emplace_back("status", status);
  AddText("model", line.model, &fields);
  AddText("table", line.table, &fields);
  if (line.version != 0) fields.emplace_back("version", line.version);
  if (line.queries != 0) {
    fields.emplace_back("queries", line.queries);
    fields.emplace_back("distances", line.distances);
  }
  fields.emplace_back("us", Whole(line.us));
  fields.emplace_back("queue_us", Whole(line.queue_us));
  fields.emplace_back("expected_us", Whole(line.expected_us));
  AddText("request_id", line.trace.request_id, &fields);
  AddText("traceparent", line.trace.traceparent, &fields);
  return fields;
}

}  // namespace

bool IsServersFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal ||
         code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

void WriteTo(Log* log, const AccessLine& line) {
  const std::string status = absl::StatusCodeToString(line.code);
  const LogFields fields = FieldsOf(line, status);
  switch (line.reason) {
    case LineReason::kNone:
      return;
    case LineReason::kShare:
      return log->WriteEach(LogLevel::kInfo, "call", fields);
    case LineReason::kSlow:
      return log->Write(LogLevel::kWarning, "slow call", fields);
    case LineReason::kFailed:
      return log->Write(LogLevel::kError, "call failed", fields);
  }
}

bool AccessLog::Choose() {
  if (share_ <= 0) return false;
  const auto before =
      static_cast<double>(calls_.fetch_add(1, std::memory_order_relaxed));
  return std::floor((before + 1) * share_) > std::floor(before * share_);
}

LineReason AccessLog::ReasonFor(bool chosen, absl::StatusCode code,
                                Duration took, bool lasts) const {
  if (IsServersFault(code)) return LineReason::kFailed;
  if (slow_ > Duration::zero() && took > slow_ && !lasts) {
    return LineReason::kSlow;
  }
  return chosen ? LineReason::kShare : LineReason::kNone;
}

}  // namespace akin::server
