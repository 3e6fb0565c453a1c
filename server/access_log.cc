#include "server/access_log.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace akin::server {
namespace {

// What a caller sent must not be able to end the line or begin another field.
std::string Word(absl::string_view text) {
  constexpr size_t kMost = 128;
  std::string word(text.substr(0, kMost));
  for (char& c : word) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c)) || c == '=') {
      c = '?';
    }
  }
  return word;
}

void AppendWord(absl::string_view key, absl::string_view value,
                std::string* line) {
  if (!value.empty()) absl::StrAppend(line, " ", key, "=", Word(value));
}

}  // namespace

std::string Format(const AccessLine& line) {
  std::string text = absl::StrCat(
      "rpc=", line.rpc, " status=", absl::StatusCodeToString(line.code));
  AppendWord("model", line.model, &text);
  AppendWord("table", line.table, &text);
  if (line.version != 0) absl::StrAppend(&text, " version=", line.version);
  if (line.queries != 0) {
    absl::StrAppend(&text, " queries=", line.queries,
                    " distances=", line.distances);
  }
  absl::StrAppendFormat(&text, " us=%.0f queue_us=%.0f expected_us=%.0f",
                        line.us, line.queue_us, line.expected_us);
  AppendWord("traceparent", line.traceparent, &text);
  return text;
}

bool AccessLog::Choose() {
  if (share_ <= 0) return false;
  const auto before =
      static_cast<double>(calls_.fetch_add(1, std::memory_order_relaxed));
  return std::floor((before + 1) * share_) > std::floor(before * share_);
}

}  // namespace akin::server
