#include "client/cli/doctor/machine_facts.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace akin::client {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return std::string(absl::StripAsciiWhitespace(line));
}

std::optional<uint64_t> NumberIn(const std::string& path) {
  uint64_t number = 0;
  const auto line = FirstLine(path);
  if (!line.has_value() || !absl::SimpleAtoi(*line, &number)) {
    return std::nullopt;
  }
  return number;
}

// "always [madvise] never" is madvise.
std::optional<std::string> Bracketed(const std::string& path) {
  const auto line = FirstLine(path);
  if (!line.has_value()) return std::nullopt;
  const size_t begin = line->find('[');
  const size_t end = line->find(']');
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    return std::nullopt;
  }
  return line->substr(begin + 1, end - begin - 1);
}

std::set<std::string> CpuFlags(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, "flags")) continue;
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    return absl::StrSplit(line.substr(colon + 1), ' ', absl::SkipEmpty());
  }
  return {};
}

// Bytes of a line "Name:   12 kB".
std::optional<uint64_t> MemoryLine(const std::string& path,
                                   absl::string_view name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    uint64_t kib = 0;
    if (words.size() >= 2 && words[0] == name &&
        absl::SimpleAtoi(words[1], &kib)) {
      return kib * 1024;
    }
  }
  return std::nullopt;
}

std::set<std::string> Governors(const std::string& folder) {
  std::set<std::string> governors;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (!absl::StartsWith(at->path().filename().string(), "cpu")) continue;
    const auto governor = FirstLine(
        absl::StrCat(at->path().string(), "/cpufreq/scaling_governor"));
    if (governor.has_value()) governors.insert(*governor);
  }
  return governors;
}

}  // namespace

MachineFacts ReadMachineFacts(const std::string& root) {
  MachineFacts facts;
  facts.cpu_flags = CpuFlags(root + "/proc/cpuinfo");
  facts.huge_pages =
      Bracketed(root + "/sys/kernel/mm/transparent_hugepage/enabled");
  facts.clock_source = FirstLine(
      root +
      "/sys/devices/system/clocksource/clocksource0/current_clocksource");
  facts.governors = Governors(root + "/sys/devices/system/cpu");
  facts.overcommit = NumberIn(root + "/proc/sys/vm/overcommit_memory");
  facts.commit_limit_bytes = MemoryLine(root + "/proc/meminfo", "CommitLimit:");
  facts.committed_bytes = MemoryLine(root + "/proc/meminfo", "Committed_AS:");
  facts.max_map_count = NumberIn(root + "/proc/sys/vm/max_map_count");
  return facts;
}

}  // namespace akin::client
