// The inner loop of everything that compares a query with codes. Included once
// per SIMD target, inside its namespace (Highway's foreach_target).

#if defined(AKIN_INDEX_KERNELS_CODE_DOT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_INDEX_KERNELS_CODE_DOT_INL_H_
#undef AKIN_INDEX_KERNELS_CODE_DOT_INL_H_
#else
#define AKIN_INDEX_KERNELS_CODE_DOT_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "index/kernels/code_distances.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace code_dot {
namespace hn = hwy::HWY_NAMESPACE;

// At most 32 lanes of 16 bits, so that every vector size divides a stride.
using D16 = hn::CappedTag<int16_t, 32>;
using D8 = hn::Rebind<int8_t, D16>;
using D32 = hn::RepartitionToWide<D16>;

// Sum of values[j] * code[j], j < stride, a multiple of 32.
HWY_INLINE int32_t CodeDot(const int16_t* HWY_RESTRICT values,
                           const int8_t* HWY_RESTRICT code, size_t stride) {
  const D16 d16;
  const D8 d8;
  const D32 d32;
  const size_t lanes = hn::Lanes(d16);
  auto even0 = hn::Zero(d32);
  auto odd0 = hn::Zero(d32);
  auto even1 = hn::Zero(d32);
  auto odd1 = hn::Zero(d32);
  size_t j = 0;
  for (; j + 2 * lanes <= stride; j += 2 * lanes) {
    even0 = hn::ReorderWidenMulAccumulate(
        d32, hn::PromoteTo(d16, hn::LoadU(d8, code + j)),
        hn::LoadU(d16, values + j), even0, odd0);
    even1 = hn::ReorderWidenMulAccumulate(
        d32, hn::PromoteTo(d16, hn::LoadU(d8, code + j + lanes)),
        hn::LoadU(d16, values + j + lanes), even1, odd1);
  }
  if (j < stride) {
    even0 = hn::ReorderWidenMulAccumulate(
        d32, hn::PromoteTo(d16, hn::LoadU(d8, code + j)),
        hn::LoadU(d16, values + j), even0, odd0);
  }
  const auto sum = hn::Add(hn::Add(even0, even1), hn::Add(odd0, odd1));
  return hn::GetLane(hn::SumOfLanes(d32, sum));
}

// The distance of `row`, whose sum with the query's values is `sum`.
HWY_INLINE float DistanceOf(const CodeRows& codes, float base, float factor,
                            size_t row, int32_t sum) {
  float length = 0;
  if (codes.length_at != 0) {
    std::memcpy(&length, codes.data + row * codes.stride + codes.length_at,
                sizeof(length));
  }
  return base + length - factor * static_cast<float>(sum);
}

#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE
// Four vectors of one lane, or of lanes unknown: nothing to gain.
HWY_INLINE void DotFour(const int16_t* values, const int8_t* const rows[4],
                        size_t stride, int32_t* sums) {
  for (size_t i = 0; i < 4; ++i) {
    sums[i] = code_dot::CodeDot(values, rows[i], stride);
  }
}
#else

// The sums of the lanes of each of four vectors.
HWY_INLINE void StoreSums(hn::Vec<D32> a, hn::Vec<D32> b, hn::Vec<D32> c,
                          hn::Vec<D32> d, int32_t* sums) {
  const D32 d32;
  const hn::Repartition<int64_t, D32> d64;
  const auto ab = hn::BitCast(d64, hn::Add(hn::InterleaveLower(d32, a, b),
                                           hn::InterleaveUpper(d32, a, b)));
  const auto cd = hn::BitCast(d64, hn::Add(hn::InterleaveLower(d32, c, d),
                                           hn::InterleaveUpper(d32, c, d)));
  // In every block of four lanes, a part of each of the four sums.
  const auto blocks =
      hn::Add(hn::BitCast(d32, hn::InterleaveLower(d64, ab, cd)),
              hn::BitCast(d32, hn::InterleaveUpper(d64, ab, cd)));
#if HWY_CAP_GE512
  const hn::Half<D32> half;
  const hn::Half<hn::Half<D32>> block;
  const auto two =
      hn::Add(hn::LowerHalf(half, blocks), hn::UpperHalf(half, blocks));
  hn::StoreU(hn::Add(hn::LowerHalf(block, two), hn::UpperHalf(block, two)),
             block, sums);
#elif HWY_CAP_GE256
  const hn::Half<D32> block;
  hn::StoreU(
      hn::Add(hn::LowerHalf(block, blocks), hn::UpperHalf(block, blocks)),
      block, sums);
#else
  hn::StoreU(blocks, d32, sums);
#endif
}

// Four rows at a time: one load of the query and one reduction serve them all.
HWY_INLINE void DotFour(const int16_t* HWY_RESTRICT values,
                        const int8_t* const rows[4], size_t stride,
                        int32_t* HWY_RESTRICT sums) {
  const D16 d16;
  const D8 d8;
  const D32 d32;
  const int8_t* HWY_RESTRICT row0 = rows[0];
  const int8_t* HWY_RESTRICT row1 = rows[1];
  const int8_t* HWY_RESTRICT row2 = rows[2];
  const int8_t* HWY_RESTRICT row3 = rows[3];
  auto even0 = hn::Zero(d32);
  auto even1 = hn::Zero(d32);
  auto even2 = hn::Zero(d32);
  auto even3 = hn::Zero(d32);
  auto odd0 = hn::Zero(d32);
  auto odd1 = hn::Zero(d32);
  auto odd2 = hn::Zero(d32);
  auto odd3 = hn::Zero(d32);
  for (size_t j = 0; j < stride; j += hn::Lanes(d16)) {
    const auto q = hn::LoadU(d16, values + j);
    even0 = hn::ReorderWidenMulAccumulate(
        d32, hn::PromoteTo(d16, hn::LoadU(d8, row0 + j)), q, even0, odd0);
    even1 = hn::ReorderWidenMulAccumulate(
        d32, hn::PromoteTo(d16, hn::LoadU(d8, row1 + j)), q, even1, odd1);
    even2 = hn::ReorderWidenMulAccumulate(
        d32, hn::PromoteTo(d16, hn::LoadU(d8, row2 + j)), q, even2, odd2);
    even3 = hn::ReorderWidenMulAccumulate(
        d32, hn::PromoteTo(d16, hn::LoadU(d8, row3 + j)), q, even3, odd3);
  }
  StoreSums(hn::Add(even0, odd0), hn::Add(even1, odd1), hn::Add(even2, odd2),
            hn::Add(even3, odd3), sums);
}
#endif

}  // namespace code_dot
}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#endif  // toggle
