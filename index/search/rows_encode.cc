// The codes of a row's neighbours (index/search/rows_index.h has the formulas).

#include <algorithm>
#include <cmath>
#include <vector>

#include "index/base/half.h"
#include "index/search/rows_walk.h"

#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/search/rows_encode.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kGroupBytes = 16;

// Padded vectors are a multiple of 16 floats.
using DF = hn::CappedTag<float, 16>;
using DH = hn::Rebind<hwy::float16_t, DF>;

HWY_INLINE const hwy::float16_t* AsHalves(const void* p) {
  return static_cast<const hwy::float16_t*>(p);
}

// The code of one residual.
struct Residual {
  float squared_length = 0;  // |r|^2
  float along = 0;           // <x, r>
  float own = 0;             // <x, c>
  float with_own = 0;        // <r, c>
  float code_length = 0;     // |x|^2
};

// Rounds o - c to `codes`, one byte a component, on a grid of `delta`.
HWY_INLINE Residual EncodeResidual(const float* HWY_RESTRICT c,
                                   const hwy::float16_t* HWY_RESTRICT o,
                                   size_t n, uint32_t bits, float delta,
                                   uint8_t* HWY_RESTRICT codes) {
  const DF df;
  const DH dh;
  const hn::RebindToSigned<DF> di;
  const hn::Rebind<uint8_t, DF> d8;
  const float half = static_cast<float>(1 << (bits - 1));
  const auto per_delta = hn::Set(df, delta > 0 ? 1 / delta : 0.0f);
  const auto shift = hn::Set(df, half);
  const auto most = hn::Set(df, 2 * half - 1);
  const auto centre = hn::Set(df, half - 0.5f);
  auto squared = hn::Zero(df);
  auto along = hn::Zero(df);
  auto own = hn::Zero(df);
  auto with_own = hn::Zero(df);
  auto length = hn::Zero(df);
  for (size_t j = 0; j < n; j += hn::Lanes(df)) {
    const auto cj = hn::LoadU(df, c + j);
    const auto r = hn::Sub(hn::PromoteTo(df, hn::LoadU(dh, o + j)), cj);
    const auto k = hn::Min(
        hn::Max(hn::Add(hn::Floor(hn::Mul(r, per_delta)), shift), hn::Zero(df)),
        most);
    const auto x = hn::Sub(k, centre);
    squared = hn::MulAdd(r, r, squared);
    along = hn::MulAdd(x, r, along);
    own = hn::MulAdd(x, cj, own);
    with_own = hn::MulAdd(r, cj, with_own);
    length = hn::MulAdd(x, x, length);
    hn::StoreU(hn::DemoteTo(d8, hn::ConvertTo(di, k)), d8, codes + j);
  }
  return {hn::GetLane(hn::SumOfLanes(df, squared)),
          hn::GetLane(hn::SumOfLanes(df, along)),
          hn::GetLane(hn::SumOfLanes(df, own)),
          hn::GetLane(hn::SumOfLanes(df, with_own)),
          hn::GetLane(hn::SumOfLanes(df, length))};
}

// Grids tried for each residual, as multiples of its mean component; the one
// whose code points most nearly along the residual is kept.
constexpr float kGrids[3][3] = {
    {1.0f, 0, 0}, {0.85f, 1.0f, 1.15f}, {0.29f, 0.34f, 0.39f}};

HWY_INLINE Residual BestCode(const RowsLayout& layout, const float* c,
                             const hwy::float16_t* o, uint8_t* codes) {
  const size_t n = layout.padded_dimension;
  const float* grids = kGrids[layout.bits == 1 ? 0 : layout.bits == 2 ? 1 : 2];
  // With any grid the residual itself comes out.
  const float mean = std::sqrt(
      EncodeResidual(c, o, n, layout.bits, 1.0f, codes).squared_length /
      static_cast<float>(layout.dimension));
  if (layout.bits == 1) return EncodeResidual(c, o, n, 1, mean, codes);
  float best = 0;
  float best_quality = -1;
  for (size_t i = 0; i < 3; ++i) {
    const Residual r =
        EncodeResidual(c, o, n, layout.bits, mean * grids[i], codes);
    const float quality = r.along * r.along / r.code_length;
    if (quality > best_quality) {
      best_quality = quality;
      best = grids[i];
    }
  }
  return EncodeResidual(c, o, n, layout.bits, mean * best, codes);
}

// Padding is not packed; the query is 0 there.
void PackCodes(const RowsLayout& layout, const uint8_t* codes, size_t neighbor,
               uint8_t* packed) {
  const size_t parts = 4 / layout.bits;
  const size_t byte = 2 * (neighbor % 8) + neighbor / 8 % 2;
  const int half = neighbor >= 16 ? 4 : 0;
  for (size_t g = 0; g * parts < layout.dimension; ++g) {
    uint32_t code = 0;
    for (size_t j = 0; j < parts && g * parts + j < layout.dimension; ++j) {
      code |= uint32_t{codes[g * parts + j]} << (j * layout.bits);
    }
    packed[g * kGroupBytes + byte] =
        static_cast<uint8_t>(packed[g * kGroupBytes + byte] | code << half);
  }
}

uint16_t ClampedHalf(float value) {
  constexpr float kMaxHalf = 65504;
  return FloatToHalf(std::clamp(value, -kMaxHalf, kMaxHalf));
}

void WriteRowNeighborsOfTarget(const RowsView& index, uint32_t id,
                               const uint32_t* neighbors, char* row) {
  const RowsLayout& layout = index.layout;
  constexpr float kNeverNear = 65504;
  const size_t n = layout.padded_dimension;
  std::vector<float> own(n);
  const auto* halves = reinterpret_cast<const uint16_t*>(row);
  for (size_t j = 0; j < n; ++j) own[j] = HalfToFloat(halves[j]);
  std::vector<uint8_t> codes(n);
  auto* packed = reinterpret_cast<uint8_t*>(row + layout.codes_at);
  auto* factors = reinterpret_cast<uint16_t*>(row + layout.factors_at);
  auto* ids = reinterpret_cast<uint32_t*>(row + layout.ids_at);
  std::fill_n(packed, layout.groups * kGroupBytes, uint8_t{0});
  bool ended = false;
  for (size_t i = 0; i < kRowNeighbors; ++i) {
    ended = ended || neighbors[i] == kNoRow;
    if (ended) {  // never near enough
      ids[i] = id;
      factors[i] = ClampedHalf(kNeverNear);
      factors[kRowNeighbors + i] = 0;
      continue;
    }
    ids[i] = neighbors[i];
    const Residual r =
        BestCode(layout, own.data(),
                 AsHalves(index.data + size_t{neighbors[i]} * layout.stride),
                 codes.data());
    PackCodes(layout, codes.data(), i, packed);
    const float s = r.along > 0 ? r.squared_length / r.along : 0.0f;
    factors[i] = ClampedHalf((index.dot ? -2 * r.with_own : r.squared_length) +
                             2 * s * r.own);
    factors[kRowNeighbors + i] = ClampedHalf(-2 * s);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(WriteRowNeighborsOfTarget);

void WriteRowNeighbors(const RowsView& index, uint32_t id,
                       const uint32_t* neighbors, char* row) {
  HWY_DYNAMIC_DISPATCH(WriteRowNeighborsOfTarget)(index, id, neighbors, row);
}

}  // namespace akin
#endif  // HWY_ONCE
