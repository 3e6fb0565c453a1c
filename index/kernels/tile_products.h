// Inner products of a block of rows with a tile of queries, by the widest SIMD
// the machine has: queries lie side by side in the lanes of vectors, so one
// load of a row's component serves them all and nothing is summed across lanes.
// (The register blocking of Goto and van de Geijn, "Anatomy of high-performance
// matrix multiplication", ACM TOMS 34(3), 2008.)
//
// Thread-safe.

#ifndef AKIN_INDEX_KERNELS_TILE_PRODUCTS_H_
#define AKIN_INDEX_KERNELS_TILE_PRODUCTS_H_

#include <cstddef>
#include <cstdint>

namespace akin {

// A tile is `width` queries, which is `lanes` or 2 * lanes. Its packed form
// holds component 0 of every query, then component 1 and so on; 16-bit queries
// go in pairs: components 0 and 1 of every query, then 2 and 3 and so on.
// Queries that a tile lacks are zeros. Aligned to 64 bytes it is fastest.
struct TileKernels {
  size_t lanes;

  // products[r * width + i] = inner product of row r and query i, for
  // r < count; rows lie one behind the other, n floats each. Sums of n rounded
  // products, each added in order, so off by at most n * 2^-24 of the product
  // of the lengths.
  void (*floats)(const float* packed, size_t width, const float* rows, size_t n,
                 size_t count, float* products);

  // Likewise, exactly, for rows of 16-bit numbers `stride` apart of which the
  // first 2 * pairs are looked at. The sums must fit into 32 bits.
  void (*codes)(const int16_t* packed, size_t width, const int16_t* rows,
                size_t stride, size_t pairs, size_t count, int32_t* products);

  // wide[i] = codes[i] for i < count, a multiple of 32. Asks for as many that
  // lie behind them.
  void (*widen)(const int8_t* codes, size_t count, int16_t* wide);
};

const TileKernels& ActiveTileKernels();
// Of the target that Highway has chosen at this moment, as in distances.h.
// `plain`: without instructions that not every machine of the target has.
const TileKernels& TileKernelsOfChosenTarget(bool plain = false);

}  // namespace akin

#endif  // AKIN_INDEX_KERNELS_TILE_PRODUCTS_H_
