#include "server/log/log_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/utf8.h"

namespace akin::server {
namespace {

bool IsControl(char c) {
  return absl::ascii_iscntrl(static_cast<unsigned char>(c));
}

// The shortest text that is this number again, as JSON writes it.
void AppendNumber(double number, std::string* out) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), number).ptr;
  out->append(text, end);
}

std::string Cut(absl::string_view text) {
  if (text.size() <= LogField::kMostBytes) return std::string(text);
  return absl::StrCat(text.substr(0, LogField::kMostBytes), "...");
}

std::string Valid(absl::string_view text) {
  if (IsValidUtf8(text)) return std::string(text);
  return RepairUtf8(text, Utf8Policy::kReplace);
}

// Into a string of JSON, without its quotes.
void AppendEscaped(absl::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case '"':
        *out += "\\\"";
        break;
      case '\\':
        *out += "\\\\";
        break;
      case '\n':
        *out += "\\n";
        break;
      case '\r':
        *out += "\\r";
        break;
      case '\t':
        *out += "\\t";
        break;
      default:
        if (IsControl(c)) {
          absl::StrAppendFormat(out, "\\u%04x", static_cast<unsigned char>(c));
        } else {
          *out += c;
        }
    }
  }
}

void AppendQuoted(absl::string_view text, std::string* out) {
  *out += '"';
  AppendEscaped(text, out);
  *out += '"';
}

bool IsWord(absl::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || c == '=' || c == '"' || c == '\\' || IsControl(c);
  });
}

struct AppendReadable {
  std::string* out;

  void operator()(absl::string_view text) const {
    const std::string valid = Valid(Cut(text));
    if (IsWord(valid)) {
      *out += valid;
    } else {
      AppendQuoted(valid, out);
    }
  }
  void operator()(bool value) const { *out += value ? "true" : "false"; }
  void operator()(double number) const { AppendNumber(number, out); }
  template <class Number>
  void operator()(Number number) const {
    absl::StrAppend(out, number);
  }
};

struct AppendJson {
  std::string* out;

  void operator()(absl::string_view text) const {
    AppendQuoted(Valid(Cut(text)), out);
  }
  void operator()(bool value) const { *out += value ? "true" : "false"; }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      AppendNumber(number, out);
    } else {
      *out += "null";
    }
  }
  template <class Number>
  void operator()(Number number) const {
    absl::StrAppend(out, number);
  }
};

// What would end the line, or be no text, is shown instead.
std::string OneLine(absl::string_view text) {
  std::string valid = Valid(text);
  if (std::none_of(valid.begin(), valid.end(), &IsControl)) return valid;
  std::string shown;
  for (const char c : valid) {
    if (IsControl(c)) {
      AppendEscaped(absl::string_view(&c, 1), &shown);
    } else {
      shown += c;
    }
  }
  return shown;
}

}  // namespace

absl::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "";
}

LogLevel LogLevelNamed(absl::string_view name) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo,
                               LogLevel::kWarning, LogLevel::kError}) {
    if (NameOf(level) == name) return level;
  }
  return LogLevel::kInfo;
}

std::string FormatReadable(const LogLine& line) {
  std::string text = absl::StrCat(
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3S", line.time, absl::LocalTimeZone()),
      " ", NameOf(line.level), " ", OneLine(line.message));
  for (const LogField& field : line.fields) {
    absl::StrAppend(&text, " ", field.key, "=");
    std::visit(AppendReadable{&text}, field.value);
  }
  return text;
}

std::string FormatJson(const LogLine& line) {
  std::string text = absl::StrCat(
      "{\"time\":\"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", line.time, absl::UTCTimeZone()),
      "\",\"level\":\"", NameOf(line.level), "\",\"message\":");
  AppendQuoted(Valid(line.message), &text);
  for (const LogField& field : line.fields) {
    text += ',';
    AppendQuoted(field.key, &text);
    text += ':';
    std::visit(AppendJson{&text}, field.value);
  }
  text += '}';
  return text;
}

}  // namespace akin::server
