// What memory this process has.

#ifndef AKIN_INDEX_BASE_PROCESS_MEMORY_H_
#define AKIN_INDEX_BASE_PROCESS_MEMORY_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace akin {

struct ProcessMemory {
  uint64_t resident_bytes = 0;  // 0: not known
  uint64_t swapped_bytes = 0;
};

ProcessMemory ReadProcessMemory();

// From the text of a /proc/PID/status.
ProcessMemory ParseProcessMemory(absl::string_view status);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_PROCESS_MEMORY_H_
