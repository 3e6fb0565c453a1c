#include "client/cli/wording.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace akin::client {
namespace {

// `name` is the value's name in the .proto, or empty if there is none.
std::string Word(absl::string_view name, absl::string_view prefix, int value) {
  if (name.size() <= prefix.size() || value == 0) {
    return value == 0 ? "unknown" : absl::StrCat("unknown (", value, ")");
  }
  return absl::AsciiStrToLower(name.substr(prefix.size()));
}

}  // namespace

std::string WithSeparators(uint64_t number) {
  const std::string digits = absl::StrCat(number);
  std::string separated;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) separated.push_back(',');
    separated.push_back(digits[i]);
  }
  return separated;
}

std::string MebiBytes(uint64_t bytes) {
  const double size = static_cast<double>(bytes) / (1 << 20);
  if (bytes > 0 && size < 0.1) return "< 0.1 MiB";
  return absl::StrFormat("%.1f MiB", size);
}

std::string Plural(uint64_t count, absl::string_view noun) {
  return absl::StrCat(WithSeparators(count), " ", noun, count == 1 ? "" : "s");
}

std::string WordFor(v1::Metric metric) {
  return Word(v1::Metric_Name(metric), "METRIC_", metric);
}

std::string WordFor(v1::IndexKind kind) {
  return Word(v1::IndexKind_Name(kind), "INDEX_KIND_", kind);
}

std::string WordFor(v1::Profile profile) {
  return Word(v1::Profile_Name(profile), "PROFILE_", profile);
}

std::string WordFor(v1::VersionState state) {
  return Word(v1::VersionState_Name(state), "VERSION_STATE_", state);
}

std::string WordFor(v1::ServerState state) {
  return Word(v1::ServerState_Name(state), "SERVER_STATE_", state);
}

}  // namespace akin::client
