// Squared distances between a query and coded rows (index/table/codes.h), by
// the widest SIMD the machine has: 8-bit codes times a 16-bit query, summed
// exactly in 32 bits.
//
// Thread-safe.

#ifndef AKIN_INDEX_KERNELS_CODE_DISTANCES_H_
#define AKIN_INDEX_KERNELS_CODE_DISTANCES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace akin {

// A query made ready to be compared with codes of one Codes object:
// distance(row) = base + squared length of row (l2 only) - factor * sum of
// values[j] * code[j]. It is scaled so that the sum cannot overflow.
struct CodeQuery {
  std::vector<int16_t> values;  // padded with zeros to the codes' stride
  float factor = 0;
  float base = 0;
};

// The parts of a Codes object that the inner loops need.
struct CodeRows {
  const int8_t* data = nullptr;
  size_t stride = 0;
  // Where in a row its squared length lies; 0: it has none.
  size_t length_at = 0;
};

struct CodeKernels {
  // sums[i] = sum of values[j] * data[i * stride + j], for i < count: rows that
  // lie one behind the other. `values` has `stride` elements, a multiple of 32.
  void (*dot_rows)(const int16_t* values, const int8_t* data, size_t stride,
                   size_t count, int32_t* sums);
  // The same for rows list[0] .. list[count - 1], wherever they lie.
  void (*dot_list)(const int16_t* values, const int8_t* data, size_t stride,
                   const uint32_t* list, size_t count, int32_t* sums);
  // distances[i] of row rows[i], for i < count.
  void (*distances)(const CodeRows& codes, const CodeQuery& query,
                    const uint32_t* rows, size_t count, float* distances);
  // values[j] = shifts[j] + weights[j] * code[j], rounded, for j < stride, a
  // multiple of 32. Returns the sum of shifts[j] * code[j].
  float (*row_values)(const int8_t* code, const float* weights,
                      const float* shifts, size_t stride, int16_t* values);
};

const CodeKernels& ActiveCodeKernels();
// Of the target that Highway has chosen at this moment, as in distances.h.
const CodeKernels& CodeKernelsOfChosenTarget();

}  // namespace akin

#endif  // AKIN_INDEX_KERNELS_CODE_DISTANCES_H_
