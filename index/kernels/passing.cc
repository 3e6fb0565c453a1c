#include "index/kernels/passing.h"

#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/passing.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// At most 16 lanes, as in TileKernels.
using D = hn::CappedTag<float, 16>;
using D32 = hn::RebindToSigned<D>;
using V = hn::Vec<D>;

HWY_INLINE V Products(const int32_t* products) {
  return hn::ConvertTo(D(), hn::LoadU(D32(), products));
}
HWY_INLINE V Products(const float* products) {
  return hn::LoadU(D(), products);
}

// The lanes that pass, as bits.
HWY_INLINE uint32_t Bits(hn::Mask<D> mask) {
  uint8_t bytes[8];  // StoreMaskBits asks for so many
  const size_t count = hn::StoreMaskBits(D(), mask, bytes);
  uint32_t bits = bytes[0];
  if (count > 1) bits |= uint32_t{bytes[1]} << 8;
  return bits;
}

size_t PassingRows(const int32_t* HWY_RESTRICT products,
                   const float* HWY_RESTRICT errors,
                   const float* HWY_RESTRICT shifts, size_t count,
                   const PassTest& test, uint32_t* HWY_RESTRICT passed) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  const V factor = hn::Set(d, test.factor);
  const V weight = hn::Set(d, test.weight);
  const V floor = hn::Set(d, test.floor);
  size_t found = 0;
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const V margin =
        hn::MulAdd(weight, hn::LoadU(d, errors + i), hn::LoadU(d, shifts + i));
    const V value = hn::MulAdd(factor, Products(products + i), margin);
    const auto mask = hn::Ge(value, floor);
    if (hn::AllFalse(d, mask)) continue;
    for (uint32_t bits = Bits(mask); bits != 0; bits &= bits - 1) {
      passed[found++] =
          static_cast<uint32_t>(i) +
          static_cast<uint32_t>(hwy::Num0BitsBelowLS1Bit_Nonzero32(bits));
    }
  }
  for (; i < count; ++i) {
    const float value = test.factor * static_cast<float>(products[i]) +
                        (test.weight * errors[i] + shifts[i]);
    if (value >= test.floor) passed[found++] = static_cast<uint32_t>(i);
  }
  return found;
}

HWY_INLINE size_t AddPlaces(uint32_t bits, size_t row, size_t first_query,
                            PassedPlace* HWY_RESTRICT passed) {
  size_t found = 0;
  for (; bits != 0; bits &= bits - 1) {
    passed[found++] = {
        static_cast<uint16_t>(row),
        static_cast<uint16_t>(first_query +
                              hwy::Num0BitsBelowLS1Bit_Nonzero32(bits))};
  }
  return found;
}

// Tiles of one and of two vectors: the tests stay in registers.
template <class Product>
size_t PassingVector(const Product* HWY_RESTRICT products,
                     const float* HWY_RESTRICT errors,
                     const float* HWY_RESTRICT shifts, size_t count,
                     const PassTests& tests, PassedPlace* HWY_RESTRICT passed) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  const V factors = hn::LoadU(d, tests.factors);
  const V weights = hn::LoadU(d, tests.weights);
  const V floors = hn::LoadU(d, tests.floors);
  size_t found = 0;
  for (size_t r = 0; r < count; ++r) {
    const V margin =
        hn::MulAdd(weights, hn::Set(d, errors[r]), hn::Set(d, shifts[r]));
    const V value = hn::MulAdd(factors, Products(products + r * lanes), margin);
    const auto mask = hn::Ge(value, floors);
    if (hn::AllFalse(d, mask)) continue;
    found += AddPlaces(Bits(mask), r, 0, passed + found);
  }
  return found;
}

template <class Product>
size_t PassingTwoVectors(const Product* HWY_RESTRICT products,
                         const float* HWY_RESTRICT errors,
                         const float* HWY_RESTRICT shifts, size_t count,
                         const PassTests& tests,
                         PassedPlace* HWY_RESTRICT passed) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  const V factors0 = hn::LoadU(d, tests.factors);
  const V factors1 = hn::LoadU(d, tests.factors + lanes);
  const V weights0 = hn::LoadU(d, tests.weights);
  const V weights1 = hn::LoadU(d, tests.weights + lanes);
  const V floors0 = hn::LoadU(d, tests.floors);
  const V floors1 = hn::LoadU(d, tests.floors + lanes);
  size_t found = 0;
  for (size_t r = 0; r < count; ++r) {
    const V error = hn::Set(d, errors[r]);
    const V shift = hn::Set(d, shifts[r]);
    const Product* row = products + 2 * r * lanes;
    const V value0 =
        hn::MulAdd(factors0, Products(row), hn::MulAdd(weights0, error, shift));
    const V value1 = hn::MulAdd(factors1, Products(row + lanes),
                                hn::MulAdd(weights1, error, shift));
    const auto mask0 = hn::Ge(value0, floors0);
    const auto mask1 = hn::Ge(value1, floors1);
    if (hn::AllFalse(d, hn::Or(mask0, mask1))) continue;
    found += AddPlaces(Bits(mask0), r, 0, passed + found);
    found += AddPlaces(Bits(mask1), r, lanes, passed + found);
  }
  return found;
}

template <class Product>
size_t PassingTile(const Product* products, size_t width, const float* errors,
                   const float* shifts, size_t count, const PassTests& tests,
                   PassedPlace* passed) {
  return width == hn::Lanes(D())
             ? PassingVector(products, errors, shifts, count, tests, passed)
             : PassingTwoVectors(products, errors, shifts, count, tests,
                                 passed);
}

const PassKernels* TargetPassKernels() {
  static constexpr PassKernels kKernels = {&PassingRows, &PassingTile<int32_t>,
                                           &PassingTile<float>};
  return &kKernels;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(TargetPassKernels);

const PassKernels& PassKernelsOfChosenTarget() {
  return *HWY_DYNAMIC_DISPATCH(TargetPassKernels)();
}

const PassKernels& ActivePassKernels() {
  static const PassKernels& kernels = PassKernelsOfChosenTarget();
  return kernels;
}

}  // namespace akin
#endif  // HWY_ONCE
