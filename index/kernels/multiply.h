// A small dense matrix product. Thread-safe.

#ifndef AKIN_INDEX_KERNELS_MULTIPLY_H_
#define AKIN_INDEX_KERNELS_MULTIPLY_H_

#include <cstddef>

namespace akin {

// out = a b. `a` has `rows` rows of `inner` floats, `a_stride` apart; `b` and
// `out` have rows of `columns` floats, a multiple of 16, without gaps.
void Multiply(const float* a, size_t rows, size_t inner, size_t a_stride,
              const float* b, size_t columns, float* out);

}  // namespace akin

#endif  // AKIN_INDEX_KERNELS_MULTIPLY_H_
