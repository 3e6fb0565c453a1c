#include "index/base/available_memory.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/control_group.h"

namespace akin {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The number behind `name` in lines of "name number".
std::optional<uint64_t> NumberIn(absl::string_view text,
                                 absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    uint64_t number = 0;
    if (words.size() >= 2 && words[0] == name &&
        absl::SimpleAtoi(words[1], &number)) {
      return number;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<uint64_t> MemoryLeft(absl::string_view max,
                                   absl::string_view current,
                                   absl::string_view stat) {
  uint64_t most = 0;
  uint64_t used = 0;
  if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(max), &most) ||
      !absl::SimpleAtoi(absl::StripAsciiWhitespace(current), &used)) {
    return std::nullopt;
  }
  used -= std::min(used, NumberIn(stat, "inactive_file").value_or(0) +
                             NumberIn(stat, "active_file").value_or(0));
  return most - std::min(most, used);
}

std::optional<uint64_t> AvailableMemory() {
  std::optional<uint64_t> least;
  if (const auto kib = NumberIn(ReadText("/proc/meminfo"), "MemAvailable:")) {
    least = *kib * 1024;
  }
  for (const std::string& group : ControlGroupFolders()) {
    const auto left =
        MemoryLeft(ReadText(absl::StrCat(group, "/memory.max")),
                   ReadText(absl::StrCat(group, "/memory.current")),
                   ReadText(absl::StrCat(group, "/memory.stat")));
    if (left.has_value()) least = std::min(least.value_or(*left), *left);
  }
  return least;
}

}  // namespace akin
