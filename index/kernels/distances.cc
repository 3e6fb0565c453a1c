#include "index/kernels/distances.h"

// Highway compiles the rest of this file once per target.
#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/distances.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

struct DotStep {
  static HWY_INLINE V Add(V a, V b, V sum) { return hn::MulAdd(a, b, sum); }
};

struct L2Step {
  static HWY_INLINE V Add(V a, V b, V sum) {
    const V diff = hn::Sub(a, b);
    return hn::MulAdd(diff, diff, sum);
  }
};

// The first `count` floats at `p` (fewer than a whole vector) and zeros. Reads
// nothing behind them: a row may end where its page ends. (Highway says that
// AVX2's masked loads might fault; those of 32-bit lanes do not.)
HWY_INLINE V LoadFirst(D d, const float* HWY_RESTRICT p, size_t count) {
#if HWY_MEM_OPS_MIGHT_FAULT && HWY_TARGET != HWY_AVX2
  HWY_ALIGN float padded[hn::MaxLanes(D())] = {};
  for (size_t i = 0; i < count; ++i) padded[i] = p[i];
  return hn::Load(d, padded);
#else
  return hn::MaskedLoad(hn::FirstN(d, count), d, p);
#endif
}

// Four sums hide the latency of the multiply-add.
template <class Step>
HWY_INLINE float Reduce(const float* HWY_RESTRICT a,
                        const float* HWY_RESTRICT b, size_t n) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  V sum0 = hn::Zero(d);
  V sum1 = hn::Zero(d);
  V sum2 = hn::Zero(d);
  V sum3 = hn::Zero(d);
  size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    sum0 = Step::Add(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
    sum1 = Step::Add(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes),
                     sum1);
    sum2 = Step::Add(hn::LoadU(d, a + i + 2 * lanes),
                     hn::LoadU(d, b + i + 2 * lanes), sum2);
    sum3 = Step::Add(hn::LoadU(d, a + i + 3 * lanes),
                     hn::LoadU(d, b + i + 3 * lanes), sum3);
  }
  for (; i + lanes <= n; i += lanes) {
    sum0 = Step::Add(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
  }
  if (i < n) {
    sum1 =
        Step::Add(LoadFirst(d, a + i, n - i), LoadFirst(d, b + i, n - i), sum1);
  }
  const V sum = hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3));
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

template <class Step>
float One(const float* a, const float* b, size_t n) {
  return Reduce<Step>(a, b, n);
}

template <class Step>
void Rows(const float* query, const float* rows, size_t n, size_t count,
          float* out) {
  for (size_t i = 0; i < count; ++i)
    out[i] = Reduce<Step>(query, rows + i * n, n);
}

const Kernels* TargetKernels() {
  static constexpr Kernels kKernels = {nullptr, &One<DotStep>, &One<L2Step>,
                                       &Rows<DotStep>, &Rows<L2Step>};
  static const Kernels kernels = [] {
    Kernels named = kKernels;
    named.target = hwy::TargetName(HWY_TARGET);
    return named;
  }();
  return &kernels;
}

}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(TargetKernels);

const Kernels& KernelsOfChosenTarget() {
  return *HWY_DYNAMIC_DISPATCH(TargetKernels)();
}

const Kernels& ActiveKernels() {
  static const Kernels& kernels = KernelsOfChosenTarget();
  return kernels;
}

}  // namespace akin
#endif  // HWY_ONCE
