#include "index/kernels/tile_products.h"

#include <cstring>

#define HWY_COMPILE_ALL_ATTAINABLE
// Vectors of unknown size cannot be kept in arrays; NEON serves those machines.
#define HWY_DISABLED_TARGETS \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/tile_products.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using DF = hn::CappedTag<float, 16>;
using D32 = hn::RebindToSigned<DF>;
using D16 = hn::CappedTag<int16_t, 32>;
using D8 = hn::Rebind<int8_t, D16>;

// Rows at a time: their sums, two vectors each, fill most of the registers.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr size_t kRows = 12;
#else
constexpr size_t kRows = 6;
#endif

// Both are read faster than the hardware prefetches: queries from the second
// level of the cache, rows in as many streams as there are rows. (With this, 97
// % of the peak rate at 768 components; without, 65 %.)
constexpr size_t kLine = 64;
constexpr size_t kQueryBytesAhead = 1024;
constexpr size_t kStepsPerLine = kLine / sizeof(float);

HWY_INLINE void PrefetchQueries(const void* packed, size_t step_bytes) {
  const char* at = static_cast<const char*>(packed) + kQueryBytesAhead;
  for (size_t i = 0; i < step_bytes; i += kLine) __builtin_prefetch(at + i);
}

// `next`: how far behind a row its peer in the next block lies, in bytes.
HWY_INLINE void PrefetchRows(const void* rows, size_t stride, size_t count,
                             size_t next) {
  const char* at = static_cast<const char*>(rows) + kLine;
  for (size_t r = 0; r < count; ++r) __builtin_prefetch(at + r * stride);
  if (next == 0) return;
  for (size_t r = 0; r < count; ++r) {
    __builtin_prefetch(at + next + r * stride, 0, 2);
  }
}

template <size_t kCount, size_t kVectors>
HWY_INLINE void FloatTile(const float* HWY_RESTRICT packed,
                          const float* HWY_RESTRICT rows, size_t n, size_t next,
                          float* HWY_RESTRICT products) {
  const DF d;
  const size_t lanes = hn::Lanes(d);
  hn::Vec<DF> sums[kCount][kVectors];
  for (auto& row : sums) {
    for (auto& sum : row) sum = hn::Zero(d);
  }
  for (size_t j = 0; j < n;) {
    PrefetchRows(rows + j, n * sizeof(float), kCount, next);
    for (const size_t end = HWY_MIN(n, j + kStepsPerLine); j < end; ++j) {
      const float* step = packed + j * kVectors * lanes;
      PrefetchQueries(step, kVectors * lanes * sizeof(float));
      hn::Vec<DF> queries[kVectors];
      for (size_t v = 0; v < kVectors; ++v) {
        queries[v] = hn::LoadU(d, step + v * lanes);
      }
      for (size_t r = 0; r < kCount; ++r) {
        const auto x = hn::Set(d, rows[r * n + j]);
        for (size_t v = 0; v < kVectors; ++v) {
          sums[r][v] = hn::MulAdd(queries[v], x, sums[r][v]);
        }
      }
    }
  }
  for (size_t r = 0; r < kCount; ++r) {
    for (size_t v = 0; v < kVectors; ++v) {
      hn::StoreU(sums[r][v], d, products + (r * kVectors + v) * lanes);
    }
  }
}

// How 16-bit products are summed in pairs. `sum1` is for targets that split the
// sums.
struct PlainSteps {
  template <class V16, class V32>
  static HWY_INLINE V32 Add(V16 a, V16 b, V32 sum0, V32& sum1) {
    return hn::ReorderWidenMulAccumulate(D32(), a, b, sum0, sum1);
  }
};

#if HWY_TARGET == HWY_AVX3
// One instruction instead of two. Highway has no target for the machines that
// have it, and the compiler knows the intrinsic only where all code may use it.
struct VnniSteps {
  template <class V16, class V32>
  static HWY_INLINE V32 Add(V16 a, V16 b, V32 sum0, V32& /*sum1*/) {
    asm("vpdpwssd %2, %1, %0" : "+v"(sum0.raw) : "v"(a.raw), "v"(b.raw));
    return sum0;
  }
};
bool HasVnni() { return __builtin_cpu_supports("avx512vnni") != 0; }
#endif

#if HWY_TARGET == HWY_SCALAR
// Its vectors of one lane cannot hold a pair.
template <class Steps, size_t kCount, size_t kVectors>
void CodeTile(const int16_t* packed, const int16_t* rows, size_t stride,
              size_t pairs, int32_t* products) {
  for (size_t r = 0; r < kCount; ++r) {
    const int16_t* row = rows + r * stride;
    for (size_t v = 0; v < kVectors; ++v) {
      int32_t sum = 0;
      for (size_t j = 0; j < pairs; ++j) {
        const int16_t* query = packed + (j * kVectors + v) * 2;
        sum += query[0] * row[2 * j] + query[1] * row[2 * j + 1];
      }
      products[r * kVectors + v] = sum;
    }
  }
}
#else
template <class Steps, size_t kCount, size_t kVectors>
HWY_INLINE void CodeTile(const int16_t* HWY_RESTRICT packed,
                         const int16_t* HWY_RESTRICT rows, size_t stride,
                         size_t pairs, int32_t* HWY_RESTRICT products) {
  const D32 d32;
  const D16 d16;
  const size_t lanes = hn::Lanes(d32);
  hn::Vec<D32> sums[kCount][kVectors];
  hn::Vec<D32> more[kCount][kVectors];  // where a target splits the sums
  for (size_t r = 0; r < kCount; ++r) {
    for (size_t v = 0; v < kVectors; ++v) {
      sums[r][v] = hn::Zero(d32);
      more[r][v] = hn::Zero(d32);
    }
  }
  for (size_t j = 0; j < pairs;) {
    PrefetchRows(rows + 2 * j, stride * sizeof(int16_t), kCount, 0);
    for (const size_t end = HWY_MIN(pairs, j + kStepsPerLine); j < end; ++j) {
      const int16_t* step = packed + j * kVectors * 2 * lanes;
      PrefetchQueries(step, kVectors * 2 * lanes * sizeof(int16_t));
      hn::Vec<D16> queries[kVectors];
      for (size_t v = 0; v < kVectors; ++v) {
        queries[v] = hn::LoadU(d16, step + v * 2 * lanes);
      }
      for (size_t r = 0; r < kCount; ++r) {
        int32_t pair;
        std::memcpy(&pair, rows + r * stride + 2 * j, sizeof(pair));
        const auto x = hn::BitCast(d16, hn::Set(d32, pair));
        for (size_t v = 0; v < kVectors; ++v) {
          sums[r][v] = Steps::Add(queries[v], x, sums[r][v], more[r][v]);
        }
      }
    }
  }
  for (size_t r = 0; r < kCount; ++r) {
    for (size_t v = 0; v < kVectors; ++v) {
      hn::StoreU(hn::RearrangeToOddPlusEven(sums[r][v], more[r][v]), d32,
                 products + (r * kVectors + v) * lanes);
    }
  }
}

#endif  // HWY_SCALAR

template <size_t kVectors>
void FloatBlock(const float* packed, const float* rows, size_t n, size_t count,
                float* products) {
  const size_t width = kVectors * hn::Lanes(DF());
  const size_t next = count * n * sizeof(float);
  size_t r = 0;
  for (; r + kRows <= count; r += kRows) {
    FloatTile<kRows, kVectors>(packed, rows + r * n, n, next,
                               products + r * width);
  }
  for (; r < count; ++r) {
    FloatTile<1, kVectors>(packed, rows + r * n, n, next, products + r * width);
  }
}

template <class Steps, size_t kVectors>
void CodeBlock(const int16_t* packed, const int16_t* rows, size_t stride,
               size_t pairs, size_t count, int32_t* products) {
  const size_t width = kVectors * hn::Lanes(DF());
  size_t r = 0;
  for (; r + kRows <= count; r += kRows) {
    CodeTile<Steps, kRows, kVectors>(packed, rows + r * stride, stride, pairs,
                                     products + r * width);
  }
  for (; r < count; ++r) {
    CodeTile<Steps, 1, kVectors>(packed, rows + r * stride, stride, pairs,
                                 products + r * width);
  }
}

void Floats(const float* packed, size_t width, const float* rows, size_t n,
            size_t count, float* products) {
  if (width == hn::Lanes(DF())) {
    FloatBlock<1>(packed, rows, n, count, products);
  } else {
    FloatBlock<2>(packed, rows, n, count, products);
  }
}

template <class Steps>
void Codes(const int16_t* packed, size_t width, const int16_t* rows,
           size_t stride, size_t pairs, size_t count, int32_t* products) {
  if (width == hn::Lanes(DF())) {
    CodeBlock<Steps, 1>(packed, rows, stride, pairs, count, products);
  } else {
    CodeBlock<Steps, 2>(packed, rows, stride, pairs, count, products);
  }
}

void Widen(const int8_t* codes, size_t count, int16_t* wide) {
  const D16 d16;
  const D8 d8;
  for (size_t i = 0; i < count; i += hn::Lanes(d16)) {
    if (i % kLine == 0) __builtin_prefetch(codes + count + i, 0, 2);
    hn::StoreU(hn::PromoteTo(d16, hn::LoadU(d8, codes + i)), d16, wide + i);
  }
}

const TileKernels* TargetTileKernels(bool plain) {
  static const TileKernels kPlain = {hn::Lanes(DF()), &Floats,
                                     &Codes<PlainSteps>, &Widen};
#if HWY_TARGET == HWY_AVX3
  static const TileKernels kVnni = {hn::Lanes(DF()), &Floats, &Codes<VnniSteps>,
                                    &Widen};
  if (!plain && HasVnni()) return &kVnni;
#else
  (void)plain;
#endif
  return &kPlain;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(TargetTileKernels);

const TileKernels& TileKernelsOfChosenTarget(bool plain) {
  return *HWY_DYNAMIC_DISPATCH(TargetTileKernels)(plain);
}

const TileKernels& ActiveTileKernels() {
  static const TileKernels& kernels = TileKernelsOfChosenTarget();
  return kernels;
}

}  // namespace akin
#endif  // HWY_ONCE
