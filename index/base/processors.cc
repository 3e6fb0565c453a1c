#include "index/base/processors.h"

#include <sched.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace akin {
namespace {

size_t ProcessorsAllowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  // Fails where there are more processors than the set has room for.
  if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0) {
    return static_cast<size_t>(CPU_COUNT(&set));
  }
  return std::max(1u, std::thread::hardware_concurrency());
}

// The folder of this process' control group (version 2), as it sees it.
std::string ControlGroup() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (absl::StartsWith(line, "0::/")) return line.substr(3);
  }
  return "/";
}

}  // namespace

std::optional<size_t> ProcessorsGranted(absl::string_view cpu_max) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(absl::StripAsciiWhitespace(cpu_max), ' ');
  uint64_t quota = 0;
  uint64_t period = 0;
  if (words.size() != 2 || !absl::SimpleAtoi(words[0], &quota) ||
      !absl::SimpleAtoi(words[1], &period) || quota == 0 || period == 0) {
    return std::nullopt;
  }
  return static_cast<size_t>((quota - 1) / period + 1);
}

size_t Processors() {
  size_t processors = ProcessorsAllowed();
  // What is granted to a group is shared by those within it.
  for (std::string group = ControlGroup();;) {
    std::ifstream file(absl::StrCat("/sys/fs/cgroup", group, "/cpu.max"));
    std::string line;
    if (std::getline(file, line)) {
      processors =
          std::min(processors, ProcessorsGranted(line).value_or(processors));
    }
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos || group.size() <= 1) return processors;
    group.resize(std::max<size_t>(slash, 1));
  }
}

}  // namespace akin
