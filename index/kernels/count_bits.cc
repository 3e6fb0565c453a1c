#include "index/kernels/count_bits.h"

#include <bit>

#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/count_bits.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

size_t CountBitsOfTarget(const uint64_t* HWY_RESTRICT words, size_t count) {
  const hn::ScalableTag<uint64_t> d;
  const size_t lanes = hn::Lanes(d);
  auto sums = hn::Zero(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    sums = hn::Add(sums, hn::PopulationCount(hn::LoadU(d, words + i)));
  }
  size_t total = hn::GetLane(hn::SumOfLanes(d, sums));
  for (; i < count; ++i) total += static_cast<size_t>(std::popcount(words[i]));
  return total;
}

}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(CountBitsOfTarget);

size_t CountBits(const uint64_t* words, size_t count) {
  return HWY_DYNAMIC_DISPATCH(CountBitsOfTarget)(words, count);
}

}  // namespace akin
#endif  // HWY_ONCE
