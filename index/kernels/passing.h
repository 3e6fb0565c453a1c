// Which rows are still in the race: compares what is roughly known of rows with
// what the best so far ask for, by the widest SIMD the machine has. Few rows
// pass, so it costs little more than reading the numbers.
//
// Thread-safe.

#ifndef AKIN_INDEX_KERNELS_PASSING_H_
#define AKIN_INDEX_KERNELS_PASSING_H_

#include <cstddef>
#include <cstdint>

namespace akin {

// A row passes a query's test when
//   factor * product + weight * error + shift >= floor,
// where `product` belongs to the row and the query, `error` and `shift` to the
// row, the rest to the query. Each of the four operations may be rounded once.
struct PassTest {
  float factor;
  float weight;
  float floor;
};

// The tests of `width` queries.
struct PassTests {
  const float* factors;
  const float* weights;
  const float* floors;
};

struct PassedPlace {
  uint16_t row;    // in the block
  uint16_t query;  // in the tile
};

struct PassKernels {
  // One query. Writes the i < count that pass, rising, and returns how many;
  // `passed` has room for `count`.
  size_t (*rows)(const int32_t* products, const float* errors,
                 const float* shifts, size_t count, const PassTest& test,
                 uint32_t* passed);

  // `width` queries, as many as a tile of TileKernels has; the product of row r
  // and query i is products[r * width + i]. Row by row, with room for all.
  size_t (*code_tile)(const int32_t* products, size_t width,
                      const float* errors, const float* shifts, size_t count,
                      const PassTests& tests, PassedPlace* passed);
  size_t (*float_tile)(const float* products, size_t width, const float* errors,
                       const float* shifts, size_t count,
                       const PassTests& tests, PassedPlace* passed);
};

const PassKernels& ActivePassKernels();
// Of the target that Highway has chosen at this moment, as in distances.h.
const PassKernels& PassKernelsOfChosenTarget();

}  // namespace akin

#endif  // AKIN_INDEX_KERNELS_PASSING_H_
