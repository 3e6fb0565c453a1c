#include "index/base/processors.h"

#include <sched.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/control_group.h"

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
  for (const std::string& group : ControlGroupFolders()) {
    std::ifstream file(absl::StrCat(group, "/cpu.max"));
    std::string line;
    if (!std::getline(file, line)) continue;
    processors =
        std::min(processors, ProcessorsGranted(line).value_or(processors));
  }
  return processors;
}

}  // namespace akin
