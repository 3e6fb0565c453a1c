#include "index/kernels/multiply.h"

#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/multiply.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Rows first .. first + kRows - 1 of the product: each load of `b` serves them
// all, and their sums hide each other's latency.
template <size_t kRows>
HWY_INLINE void MultiplyRows(const float* HWY_RESTRICT a, size_t first,
                             size_t inner, size_t a_stride,
                             const float* HWY_RESTRICT b, size_t columns,
                             float* HWY_RESTRICT out) {
  const hn::CappedTag<float, 16> d;
  for (size_t j = 0; j < columns; j += hn::Lanes(d)) {
    auto sum0 = hn::Zero(d);
    auto sum1 = hn::Zero(d);
    auto sum2 = hn::Zero(d);
    auto sum3 = hn::Zero(d);
    for (size_t k = 0; k < inner; ++k) {
      const auto bk = hn::LoadU(d, b + k * columns + j);
      const float* ak = a + first * a_stride + k;
      sum0 = hn::MulAdd(hn::Set(d, ak[0]), bk, sum0);
      if constexpr (kRows == 4) {
        sum1 = hn::MulAdd(hn::Set(d, ak[a_stride]), bk, sum1);
        sum2 = hn::MulAdd(hn::Set(d, ak[2 * a_stride]), bk, sum2);
        sum3 = hn::MulAdd(hn::Set(d, ak[3 * a_stride]), bk, sum3);
      }
    }
    float* to = out + first * columns + j;
    hn::StoreU(sum0, d, to);
    if constexpr (kRows == 4) {
      hn::StoreU(sum1, d, to + columns);
      hn::StoreU(sum2, d, to + 2 * columns);
      hn::StoreU(sum3, d, to + 3 * columns);
    }
  }
}

void MultiplyOfTarget(const float* a, size_t rows, size_t inner,
                      size_t a_stride, const float* b, size_t columns,
                      float* out) {
  size_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    MultiplyRows<4>(a, i, inner, a_stride, b, columns, out);
  }
  for (; i < rows; ++i) {
    MultiplyRows<1>(a, i, inner, a_stride, b, columns, out);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(MultiplyOfTarget);

void Multiply(const float* a, size_t rows, size_t inner, size_t a_stride,
              const float* b, size_t columns, float* out) {
  HWY_DYNAMIC_DISPATCH(MultiplyOfTarget)
  (a, rows, inner, a_stride, b, columns, out);
}

}  // namespace akin
#endif  // HWY_ONCE
