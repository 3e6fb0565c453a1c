#include "index/base/attribute_value.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "index/base/utf8.h"

namespace akin {
namespace {

constexpr absl::string_view kNames[kAttributeTypes] = {
    "keyword", "keyword_list", "int", "float", "bool", "timestamp"};
constexpr size_t kMaxTimestampBytes = 64;

// For messages: cut, which may be within a character, and escaped.
std::string Shown(absl::string_view text) {
  constexpr size_t kShown = 64;
  return absl::Utf8SafeCEscape(
      RepairUtf8(text.substr(0, kShown), Utf8Policy::kReplace));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "YYYY-MM-DDThh:mm:ss": what abseil's parser takes is wider than RFC 3339
// (years of any length, blanks in front).
bool HasShape(absl::string_view text) {
  constexpr absl::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= kShape.size() || text.back() == ' ') return false;
  for (size_t i = 0; i < kShape.size(); ++i) {
    const char c = text[i];
    const bool as_shape =
        kShape[i] == 'd' ? IsDigit(c)
                         : c == kShape[i] || (kShape[i] == 'T' && c == 't');
    if (!as_shape) return false;
  }
  return !IsDigit(text[kShape.size()]);
}

}  // namespace

absl::string_view AttributeTypeName(AttributeType type) {
  return kNames[static_cast<size_t>(type)];
}

absl::StatusOr<AttributeType> ParseAttributeType(absl::string_view name) {
  for (int i = 0; i < kAttributeTypes; ++i) {
    if (name == kNames[i]) return static_cast<AttributeType>(i);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "attribute type is \"", Shown(name),
      "\", expected keyword, keyword_list, int, float, bool or timestamp"));
}

absl::string_view ValueKindName(const AttributeValue& value) {
  constexpr absl::string_view kKinds[] = {"bool", "int", "float", "string"};
  return kKinds[value.index()];
}

absl::StatusOr<int64_t> ParseTimestamp(absl::string_view text) {
  absl::Time time;
  std::string why;
  std::string upper(text.substr(0, kMaxTimestampBytes + 1));
  if (upper.size() > 10 && upper[10] == 't') upper[10] = 'T';
  if (!upper.empty() && upper.back() == 'z') upper.back() = 'Z';
  if (upper.size() > kMaxTimestampBytes || !HasShape(upper) ||
      upper.substr(0, 4) == "0000" ||
      !absl::ParseTime(absl::RFC3339_full, upper, &time, &why)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", Shown(text),
                     "\" is no time in RFC 3339, as 2020-01-31T12:00:00Z is"));
  }
  return absl::ToUnixMicros(time);
}

std::string FormatTimestamp(int64_t microseconds) {
  return absl::FormatTime(absl::RFC3339_full,
                          absl::FromUnixMicros(microseconds),
                          absl::UTCTimeZone());
}

}  // namespace akin
