// What memory this process can still have.

#ifndef AKIN_INDEX_BASE_AVAILABLE_MEMORY_H_
#define AKIN_INDEX_BASE_AVAILABLE_MEMORY_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace akin {

// Bytes that the machine says are available, or that a control group leaves, if
// that is less. Absent where neither can be read.
std::optional<uint64_t> AvailableMemory();

// Of a control group: the text of its memory.max, of its memory.current, and of
// its memory.stat, whose file cache the group gives back before it is full.
// Absent: no limit, or no such text.
std::optional<uint64_t> MemoryLeft(absl::string_view max,
                                   absl::string_view current,
                                   absl::string_view stat);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_AVAILABLE_MEMORY_H_
