#include "index/query/group.h"

#include <algorithm>
#include <cstddef>

#include "absl/container/flat_hash_map.h"

namespace akin {

bool KeepGroups(const GroupOfRow& group, uint32_t most,
                std::vector<Neighbor>* rows) {
  const uint32_t room = std::max(most, 1u);
  absl::flat_hash_map<uint32_t, uint32_t> taken;
  size_t kept = 0;
  for (const Neighbor& near : *rows) {
    const uint32_t number = group(near.row);
    if (number != kNoGroup && ++taken[number] > room) continue;
    (*rows)[kept++] = near;
  }
  const bool left_out = kept < rows->size();
  rows->resize(kept);
  return left_out;
}

}  // namespace akin
