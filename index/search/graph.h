// A navigable small-world graph over the rows of a table, as data.
//
// Levels as in Malkov and Yashunin, "Efficient and robust approximate nearest
// neighbor search using Hierarchical Navigable Small World graphs"
// (arXiv 1603.09320), section 4: every row has links on level 0, ever fewer
// rows have links on the levels above.

#ifndef AKIN_INDEX_SEARCH_GRAPH_H_
#define AKIN_INDEX_SEARCH_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"

namespace akin {

inline constexpr uint32_t kNoRow = 0xFFFF'FFFF;

struct Graph {
  uint32_t entry = kNoRow;  // where every search begins; on the top level
  uint32_t top_level = 0;
  uint32_t base_degree = 0;   // links a row has on level 0, at most
  uint32_t upper_degree = 0;  // and on each level above

  // rows x base_degree; a list shorter than that ends with kNoRow.
  std::vector<uint32_t> base_links;

  // For rows above level 0: where their lists for level 1, 2, ... begin in
  // upper_links, one behind the other.
  absl::flat_hash_map<uint32_t, size_t> upper_begin;
  std::vector<uint32_t> upper_links;

  absl::Span<const uint32_t> BaseLinks(uint32_t row) const {
    return {base_links.data() + size_t{row} * base_degree, base_degree};
  }
  // `row` reaches `level`, which is at least 1.
  absl::Span<const uint32_t> UpperLinks(uint32_t row, uint32_t level) const {
    return {upper_links.data() + upper_begin.at(row) +
                size_t{level - 1} * upper_degree,
            upper_degree};
  }

  size_t memory_bytes() const {
    return (base_links.capacity() + upper_links.capacity()) * sizeof(uint32_t) +
           upper_begin.capacity() * (sizeof(uint32_t) + sizeof(size_t) + 1);
  }
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_GRAPH_H_
