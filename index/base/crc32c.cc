#include "index/base/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace akin {

uint32_t Crc32c(absl::string_view bytes, uint32_t before) {
  // ISA-L counts in int, takes no const, and leaves the inversions to us.
  constexpr size_t kMost = std::numeric_limits<int>::max();
  uint32_t crc = ~before;
  while (!bytes.empty()) {
    const size_t part = std::min(bytes.size(), kMost);
    auto* data =
        reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    crc = crc32_iscsi(data, static_cast<int>(part), crc);
    bytes.remove_prefix(part);
  }
  return ~crc;
}

}  // namespace akin
