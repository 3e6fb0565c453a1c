#include "index/kernels/code_distances.h"

#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/code_distances.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "index/kernels/code_dot-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kLine = 64;
// Rows one behind the other are asked for so long before they are read: the
// hardware's own prefetching stops at every 4 KiB. (Without, a scan takes 1.2
// to 1.6 times as long as reading the bytes; with it, 1.0 to 1.1 times.)
constexpr size_t kBytesAhead = 8192;
// Rows of a list likewise.
constexpr size_t kRowsAhead = 16;
// Longer rows are read one by one: four streams at a time are slower than one,
// and the reduction matters less.
constexpr size_t kMaxFourStride = 192;

using code_dot::DotFour;

HWY_INLINE void PrefetchBytes(const int8_t* at, size_t bytes) {
  for (size_t j = 0; j < bytes; j += kLine) __builtin_prefetch(at + j);
}

void DotRows(const int16_t* values, const int8_t* data, size_t stride,
             size_t count, int32_t* sums) {
  size_t i = 0;
  if (stride <= kMaxFourStride) {
    for (; i + 4 <= count; i += 4) {
      const int8_t* at = data + i * stride;
      PrefetchBytes(at + kBytesAhead, 4 * stride);
      const int8_t* const rows[4] = {at, at + stride, at + 2 * stride,
                                     at + 3 * stride};
      DotFour(values, rows, stride, sums + i);
    }
  }
  for (; i < count; ++i) {
    const int8_t* at = data + i * stride;
    PrefetchBytes(at + kBytesAhead, stride);
    sums[i] = code_dot::CodeDot(values, at, stride);
  }
}

void DotList(const int16_t* values, const int8_t* data, size_t stride,
             const uint32_t* list, size_t count, int32_t* sums) {
  for (size_t i = 0; i < count && i < kRowsAhead; ++i) {
    PrefetchBytes(data + list[i] * stride, stride);
  }
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (size_t ahead = i + kRowsAhead;
         ahead < count && ahead < i + kRowsAhead + 4; ++ahead) {
      PrefetchBytes(data + list[ahead] * stride, stride);
    }
    const int8_t* const rows[4] = {
        data + list[i] * stride, data + list[i + 1] * stride,
        data + list[i + 2] * stride, data + list[i + 3] * stride};
    DotFour(values, rows, stride, sums + i);
  }
  for (; i < count; ++i) {
    sums[i] = code_dot::CodeDot(values, data + list[i] * stride, stride);
  }
}

void Distances(const CodeRows& codes, const CodeQuery& query,
               const uint32_t* rows, size_t count, float* distances) {
  constexpr size_t kBlock = 64;
  int32_t sums[kBlock];
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const size_t block = count - begin < kBlock ? count - begin : kBlock;
    DotList(query.values.data(), codes.data, codes.stride, rows + begin, block,
            sums);
    for (size_t i = 0; i < block; ++i) {
      distances[begin + i] = code_dot::DistanceOf(
          codes, query.base, query.factor, rows[begin + i], sums[i]);
    }
  }
}

float RowValues(const int8_t* code, const float* weights, const float* shifts,
                size_t stride, int16_t* values) {
  const hn::CappedTag<float, 32> df;
  const hn::RebindToSigned<decltype(df)> d32;
  const hn::Rebind<int16_t, decltype(df)> d16;
  const hn::Rebind<int8_t, decltype(df)> d8;
  const size_t lanes = hn::Lanes(df);
  auto sum = hn::Zero(df);
  // Padding has weight and shift 0, whatever the code's bytes are there.
  for (size_t j = 0; j < stride; j += lanes) {
    const auto x =
        hn::ConvertTo(df, hn::PromoteTo(d32, hn::LoadU(d8, code + j)));
    const auto shift = hn::LoadU(df, shifts + j);
    const auto value = hn::MulAdd(x, hn::LoadU(df, weights + j), shift);
    sum = hn::MulAdd(x, shift, sum);
    hn::StoreU(hn::DemoteTo(d16, hn::NearestInt(value)), d16, values + j);
  }
  return hn::GetLane(hn::SumOfLanes(df, sum));
}

const CodeKernels* TargetCodeKernels() {
  static constexpr CodeKernels kKernels = {&DotRows, &DotList, &Distances,
                                           &RowValues};
  return &kKernels;
}

}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(TargetCodeKernels);

const CodeKernels& CodeKernelsOfChosenTarget() {
  return *HWY_DYNAMIC_DISPATCH(TargetCodeKernels)();
}

const CodeKernels& ActiveCodeKernels() {
  static const CodeKernels& kernels = CodeKernelsOfChosenTarget();
  return kernels;
}

}  // namespace akin
#endif  // HWY_ONCE
