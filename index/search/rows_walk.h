// Walks a RowsIndex (index/search/rows_index.h has the layout and the
// formulas). Thread-safe.

#ifndef AKIN_INDEX_SEARCH_ROWS_WALK_H_
#define AKIN_INDEX_SEARCH_ROWS_WALK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/search/walk.h"

namespace akin {

// Neighbours per row: what one pass of table lookups estimates.
inline constexpr size_t kRowNeighbors = 32;

// Byte offsets in a row.
struct RowsLayout {
  uint32_t bits = 0;
  size_t dimension = 0;         // rotated components
  size_t padded_dimension = 0;  // with zeros, a multiple of 16
  size_t groups = 0;            // of 4 / bits components, a multiple of 4
  size_t codes_at = 0;          // 16 bytes per group
  size_t factors_at = 0;        // A of all neighbours, then B
  size_t ids_at = 0;
  size_t stride = 0;  // a multiple of 64
};

struct RowsView {
  RowsLayout layout;
  bool dot = false;  // else squared distances
  const char* data = nullptr;
  size_t rows = 0;
  // Where walks begin (index/search/entries.h): rows of their own, laid out
  // like those of vertices. In the first `leader_rows` the vector is the
  // origin, the neighbours are the leaders and the ids their groups' numbers.
  // Group g has the rows group_begins[g] to group_begins[g + 1] - 1, in which
  // the vector is its leader's and the neighbours are its entries.
  const char* entries = nullptr;
  size_t leader_rows = 0;
  const uint32_t* group_begins = nullptr;
  const uint8_t* entry_counts = nullptr;  // how many neighbours each has
};

// A query in the index's space. Kept between queries for its memory.
struct RowsQuery {
  std::vector<float> rotated;   // padded_dimension
  std::vector<uint8_t> lookup;  // 16 per group: <x, q> of each code, in steps
  float step = 0;               // <x, q> = base + step * sum of lookups
  float base = 0;
  float own_base = 0;  // the origin's distance
  std::vector<float> reach;
  std::vector<float> stretched;
  std::vector<float> scratch;
};

// Fills query->lookup, step and base from query->rotated.
void MakeLookup(const RowsLayout& layout, RowsQuery* query);

// Leaves the nearest of the expanded rows in scratch->nearest, at most
// options.results, with their distances.
void RowsWalk(const RowsView& index, const RowsQuery& query,
              const WalkOptions& options, WalkScratch* scratch);

// Writes codes, factors and ids of `row`, whose vector and those of all its
// neighbours, rows of the view, are in place. `neighbors` has kRowNeighbors
// rows; where fewer end with kNoRow, `id` fills up, as far as can be.
void WriteRowNeighbors(const RowsView& index, uint32_t id,
                       const uint32_t* neighbors, char* row);

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_ROWS_WALK_H_
