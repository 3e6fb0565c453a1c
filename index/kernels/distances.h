// Distances between float vectors, by the widest SIMD the machine has.
//
// Every function is compiled once per instruction set (Google Highway) and the
// set is chosen once a process. No alignment or padding is asked for. Sums run
// in several accumulators, so results differ from a plain loop by rounding, and
// between instruction sets likewise; one machine always gives the same result.
//
// Thread-safe.

#ifndef AKIN_INDEX_KERNELS_DISTANCES_H_
#define AKIN_INDEX_KERNELS_DISTANCES_H_

#include <cstddef>

namespace akin {

// Functions on vectors of `n` floats; n may be 0.
struct Kernels {
  const char* target;  // "AVX2", "AVX3", "SSE4", ..., "EMU128"

  // Inner product.
  float (*dot)(const float* a, const float* b, size_t n);
  // Squared Euclidean distance.
  float (*l2)(const float* a, const float* b, size_t n);

  // out[i] = dot(query, rows + i * n) for i < count; l2 likewise.
  void (*dot_rows)(const float* query, const float* rows, size_t n,
                   size_t count, float* out);
  void (*l2_rows)(const float* query, const float* rows, size_t n, size_t count,
                  float* out);
};

// The kernels of this machine.
const Kernels& ActiveKernels();

// The kernels of the target that Highway has chosen at this moment: tests force
// one target after the other.
const Kernels& KernelsOfChosenTarget();

}  // namespace akin

#endif  // AKIN_INDEX_KERNELS_DISTANCES_H_
