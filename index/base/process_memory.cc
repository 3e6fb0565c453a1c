#include "index/base/process_memory.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace akin {

ProcessMemory ParseProcessMemory(absl::string_view status) {
  ProcessMemory memory;
  for (const absl::string_view line : absl::StrSplit(status, '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    uint64_t kib = 0;
    if (words.size() < 2 || !absl::SimpleAtoi(words[1], &kib)) continue;
    if (words[0] == "VmRSS:") memory.resident_bytes = kib * 1024;
    if (words[0] == "VmSwap:") memory.swapped_bytes = kib * 1024;
  }
  return memory;
}

ProcessMemory ReadProcessMemory() {
  std::ifstream file("/proc/self/status");
  return ParseProcessMemory(
      std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace akin
