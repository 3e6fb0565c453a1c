// Some queries against a range of rows, tile by tile: the inner part of
// BatchScan. Not thread-safe.

#ifndef AKIN_INDEX_SEARCH_TILE_SCAN_H_
#define AKIN_INDEX_SEARCH_TILE_SCAN_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "index/kernels/passing.h"
#include "index/kernels/tile_products.h"
#include "index/search/aligned_buffer.h"
#include "index/search/candidates.h"
#include "index/search/searcher.h"
#include "index/search/tile_rows.h"

namespace akin {

// A query on its way through a range of rows.
struct TileRunner {
  SearchTask* task = nullptr;
  Candidates* candidates = nullptr;  // begun
  bool stopped = false;
};

// `Rows` is CodeTileRows or FloatTileRows. May be used again and again; then it
// allocates only when there is more to hold than ever.
template <class Rows>
class TileScan {
 public:
  // Fills the candidates of each runner from rows begin .. end - 1, or marks it
  // stopped.
  void Run(const TileSource& source, absl::Span<TileRunner> runners,
           size_t begin, size_t end);

 private:
  struct Tile {
    size_t first;  // query
    size_t width;
  };

  void PackQueries(const TileSource& source);
  // What query i asks of rows from now on.
  void SetTest(size_t i);
  // Multiplies the block at hand with a tile, and offers what passes.
  void RunTile(const Tile& tile, size_t first_row);
  // Looks at the stop signals.
  void Poll();

  absl::Span<TileRunner> runners_;
  size_t live_ = 0;  // queries that still look for rows
  Rows rows_;
  std::vector<Tile> tiles_;
  std::vector<typename Rows::Bounds> bounds_;
  AlignedBuffer<typename Rows::Component> packed_;
  AlignedBuffer<typename Rows::Product> products_;
  AlignedBuffer<PassedPlace> passed_;
  AlignedBuffer<float> factors_;
  AlignedBuffer<float> weights_;
  AlignedBuffer<float> floors_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_TILE_SCAN_H_
