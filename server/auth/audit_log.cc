#include "server/auth/audit_log.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace akin::server {
namespace {

// As it is, if it is a word; else in quotes, so that "=" and blanks of a
// subject are part of the value.
std::string Value(absl::string_view text) {
  constexpr size_t kMost = 256;
  text = text.substr(0, kMost);
  const bool plain = absl::c_all_of(text, [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '=' &&
           c != '"' && c != '\\';
  });
  if (plain) return std::string(text);
  return absl::StrCat("\"", absl::CHexEscape(text), "\"");
}

void Append(absl::string_view key, absl::string_view value, std::string* line) {
  if (!value.empty()) absl::StrAppend(line, " ", key, "=", Value(value));
}

}  // namespace

std::string Format(const AuditLine& line) {
  std::string text = "audit";
  Append("rpc", line.method, &text);
  if (!line.token.empty()) {
    Append("who", absl::StrCat("token:", line.token), &text);
  } else if (line.subject.empty()) {
    Append("who", "anonymous", &text);
  }
  Append(line.token.empty() ? "who" : "certificate", line.subject, &text);
  Append("peer", line.peer, &text);
  Append("model", line.model, &text);
  Append("status", absl::StatusCodeToString(line.code), &text);
  return text;
}

void AuditLog::Refused(const AuditLine& line, absl::Time now) {
  if (!sink_) return;
  uint64_t left_out = 0;
  {
    MutexLock lock(&mutex_);
    if (now - second_ >= absl::Seconds(1)) {
      second_ = now;
      written_ = 0;
    }
    if (written_ == kMostRefusals) {
      ++left_out_;
      return;
    }
    ++written_;
    std::swap(left_out, left_out_);
  }
  sink_(left_out == 0
            ? Format(line)
            : absl::StrCat(Format(line), " left_out_before=", left_out));
}

}  // namespace akin::server
