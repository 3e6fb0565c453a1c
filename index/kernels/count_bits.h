// How many bits of a bitmap are set. Thread-safe.

#ifndef AKIN_INDEX_KERNELS_COUNT_BITS_H_
#define AKIN_INDEX_KERNELS_COUNT_BITS_H_

#include <cstddef>
#include <cstdint>

namespace akin {

// By the widest SIMD the machine has: std::popcount, compiled for any x86-64,
// is a call and a table for each word.
size_t CountBits(const uint64_t* words, size_t count);

}  // namespace akin

#endif  // AKIN_INDEX_KERNELS_COUNT_BITS_H_
