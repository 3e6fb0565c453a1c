#include "index/search/rows_walk.h"

#include <algorithm>
#include <cmath>

#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/search/rows_walk.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "index/search/beam-inl.h"
#include "index/search/entries.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kLine = 64;
constexpr size_t kGroupBytes = 16;
constexpr size_t kHopsPerStopCheck = 64;
constexpr size_t kLinesAtOnce = 64;
constexpr size_t kLinesAhead = 24;

// Padded vectors are a multiple of 16 floats.
using DF = hn::CappedTag<float, 16>;
using DH = hn::Rebind<hwy::float16_t, DF>;

HWY_INLINE const hwy::float16_t* AsHalves(const void* p) {
  return static_cast<const hwy::float16_t*>(p);
}

// What one component adds to a squared distance, and to an inner product.
struct SquaredDifference {
  template <class V>
  HWY_INLINE V operator()(V query, V vector, V sum) const {
    const V difference = hn::Sub(query, vector);
    return hn::MulAdd(difference, difference, sum);
  }
};
struct Product {
  template <class V>
  HWY_INLINE V operator()(V query, V vector, V sum) const {
    return hn::MulAdd(query, vector, sum);
  }
};

// The sum of `step` over n components, a multiple of 16.
template <class Step>
HWY_INLINE float SumOf(Step step, const float* HWY_RESTRICT query,
                       const hwy::float16_t* HWY_RESTRICT vector, size_t n) {
  const DF df;
  const DH dh;
  const size_t lanes = hn::Lanes(df);
  const auto add = [&](size_t j, hn::Vec<DF> sum) HWY_ATTR {
    return step(hn::LoadU(df, query + j),
                hn::PromoteTo(df, hn::LoadU(dh, vector + j)), sum);
  };
  auto even = hn::Zero(df);
  auto odd = hn::Zero(df);
  size_t j = 0;
  for (; j + 2 * lanes <= n; j += 2 * lanes) {
    even = add(j, even);
    odd = add(j + lanes, odd);
  }
  if (j < n) even = add(j, even);
  return hn::GetLane(hn::SumOfLanes(df, hn::Add(even, odd)));
}

// sums[n] = sum over groups of lookup[group][code of neighbour n]. In each
// group's 16 bytes neighbour n has the byte 2 (n % 8) + (n / 8) % 2, the high
// half of it from n = 16 on, so that 16-bit sums come out in order.
#if HWY_TARGET == HWY_SCALAR  // has no table lookups
HWY_INLINE void SumLookups(const uint8_t* HWY_RESTRICT codes,
                           const uint8_t* HWY_RESTRICT lookup, size_t groups,
                           int32_t* HWY_RESTRICT sums) {
  for (size_t n = 0; n < kRowNeighbors; ++n) {
    const size_t byte = 2 * (n % 8) + n / 8 % 2;
    const int half = n >= 16 ? 4 : 0;
    sums[n] = 0;
    for (size_t i = 0; i < groups * kGroupBytes; i += kGroupBytes) {
      sums[n] += lookup[i + (codes[i + byte] >> half & 0x0F)];
    }
  }
}
#else
HWY_INLINE void SumLookups(const uint8_t* HWY_RESTRICT codes,
                           const uint8_t* HWY_RESTRICT lookup, size_t groups,
                           int32_t* HWY_RESTRICT sums) {
  const hn::CappedTag<uint8_t, 64> d8;
  const hn::Repartition<uint16_t, decltype(d8)> d16;
  const size_t lanes = hn::Lanes(d8);
  const auto low_half = hn::Set(d8, 0x0F);
  auto low0 = hn::Zero(d16);
  auto low1 = hn::Zero(d16);
  auto high0 = hn::Zero(d16);
  auto high1 = hn::Zero(d16);
  for (size_t i = 0; i < groups * kGroupBytes; i += lanes) {
    const auto code = hn::LoadU(d8, codes + i);
    const auto table = hn::LoadU(d8, lookup + i);
    const auto low =
        hn::BitCast(d16, hn::TableLookupBytes(table, hn::And(code, low_half)));
    const auto high = hn::BitCast(
        d16,
        hn::TableLookupBytes(
            table,
            hn::And(hn::BitCast(d8, hn::ShiftRight<4>(hn::BitCast(d16, code))),
                    low_half)));
    // Even bytes pile up with the odd ones' carries on top, taken off below.
    low0 = hn::Add(low0, low);
    low1 = hn::Add(low1, hn::ShiftRight<8>(low));
    high0 = hn::Add(high0, high);
    high1 = hn::Add(high1, hn::ShiftRight<8>(high));
  }
  low0 = hn::Sub(low0, hn::ShiftLeft<8>(low1));
  high0 = hn::Sub(high0, hn::ShiftLeft<8>(high1));

  // Each 16-byte block of a vector summed other groups.
  HWY_ALIGN uint16_t blocks[4][32];
  hn::StoreU(low0, d16, blocks[0]);
  hn::StoreU(low1, d16, blocks[1]);
  hn::StoreU(high0, d16, blocks[2]);
  hn::StoreU(high1, d16, blocks[3]);
  const hn::CappedTag<int32_t, 8> d32;
  const hn::Rebind<uint16_t, decltype(d32)> part16;
  const size_t part = hn::Lanes(d32);
  for (size_t n = 0; n < kRowNeighbors; n += part) {
    const uint16_t* from = blocks[n / 8] + n % 8;
    auto sum = hn::PromoteTo(d32, hn::LoadU(part16, from));
    for (size_t b = 8; b < lanes / 2; b += 8) {
      sum = hn::Add(sum, hn::PromoteTo(d32, hn::LoadU(part16, from + b)));
    }
    hn::StoreU(sum, d32, sums + n);
  }
}
#endif

class Walk {
 public:
  Walk(const RowsView& index, const RowsQuery& query,
       const WalkOptions& options, WalkScratch* scratch)
      : index_(index),
        layout_(index.layout),
        query_(query),
        options_(options),
        scratch_(*scratch),
        mark_on_insert_(index.layout.bits > 1),
        beam_(&scratch->beam, options.effort),
        results_(&scratch->results, options.results),
        visited_(scratch) {}

  void Run() {
    if (options_.hidden_row != kNoRow) visited_.Add(options_.hidden_row);
    Start();
    while (beam_.SeekNext()) {
      if (FarEnough() || Stopped()) break;
      const uint32_t row = beam_.TakeNext();
      // One bit is too coarse to judge a row by its first estimate: there a row
      // may wait in the beam several times and is expanded at the best.
      if (!mark_on_insert_ && !visited_.Add(row)) continue;
      Expand(row);
    }
    results_.Finish(&scratch_.results);
    scratch_.nearest = &scratch_.results;
    scratch_.stats = {};
    scratch_.stats.distances = (scans_ + hops_) * kRowNeighbors;
    scratch_.stats.hops = hops_;
    scratch_.stats.reranks = hops_;
    scratch_.stats.lines =
        hops_ * (layout_.stride / kLine) +
        scans_ * ((layout_.stride - layout_.codes_at) / kLine);
  }

 private:
  const char* Row(uint32_t row) const {
    return index_.data + row * layout_.stride;
  }

  const uint32_t* Ids(const char* row) const {
    return reinterpret_cast<const uint32_t*>(row + layout_.ids_at);
  }

  HWY_INLINE float Distance(const hwy::float16_t* vector) const {
    const float* query = query_.rotated.data();
    const size_t n = layout_.padded_dimension;
    return index_.dot ? query_.own_base - 2 * SumOf(Product(), query, vector, n)
                      : SumOf(SquaredDifference(), query, vector, n);
  }

  void Start() {
    walk::Beam leaders(&scratch_.leaders, kEntryGroups);
    for (size_t i = 0; i < index_.leader_rows; ++i) {
      Scan(i, query_.own_base, &leaders);
    }
    walk::Beam starts(&scratch_.starts, kStarts);
    for (size_t i = 0; i < leaders.size(); ++i) {
      const uint32_t* group = index_.group_begins + leaders.row(i);
      const float leader = Distance(AsHalves(EntryRow(group[0])));
      for (size_t at = group[0]; at < group[1]; ++at) {
        Scan(at, leader, &starts);
      }
    }
    for (size_t i = 0; i < starts.size(); ++i) {
      const uint32_t row = starts.row(i);
      if (starts.distance(i) < beam_.worst() && !visited_.Contains(row)) {
        if (mark_on_insert_) visited_.Add(row);
        beam_.Insert(starts.distance(i), row);
      }
    }
  }

  const char* EntryRow(size_t at) const {
    return index_.entries + at * layout_.stride;
  }

  // `exact` is the distance of the entry row's own vector.
  void Scan(size_t at, float exact, walk::Beam* nearest) {
    ++scans_;
    Estimate(EntryRow(at), exact);
    nearest->InsertNearer(estimates_, Ids(EntryRow(at)),
                          index_.entry_counts[at]);
  }

  HWY_INLINE bool FarEnough() const {
    return options_.stop_factor > 0 && results_.size() == options_.results &&
           beam_.distance(beam_.cursor()) >
               options_.stop_factor * results_.worst();
  }

  HWY_INLINE bool Stopped() {
    if (options_.stop == nullptr || hops_ % kHopsPerStopCheck != 0)
      return false;
    scratch_.stopped = options_.stop->Stopped();
    return scratch_.stopped;
  }

  // The first `lines` of a row; on its way through it the hardware sees where
  // the rest is, and more than these would wait for each other.
  HWY_INLINE void Prefetch(uint32_t row, size_t lines) const {
    const char* p = Row(row);
    const size_t bytes = std::min(layout_.stride, lines * kLine);
    for (size_t i = 0; i < bytes; i += kLine) __builtin_prefetch(p + i);
  }

  HWY_INLINE void Expand(uint32_t row) {
    ++hops_;
    if (row != prefetched_) Prefetch(row, kLinesAtOnce);
    // Most often what is expanded next; if not, not much is lost.
    prefetched_ = beam_.PeekNext();
    if (prefetched_ != kNoRow) Prefetch(prefetched_, kLinesAhead);
    const char* HWY_RESTRICT p = Row(row);
    const float exact = Distance(AsHalves(p));
    if (exact < results_.worst()) results_.Insert(exact, row);
    Estimate(p, exact);
    InsertNearer(Ids(p));
  }

  HWY_INLINE void Estimate(const char* HWY_RESTRICT p, float exact) {
    HWY_ALIGN int32_t sums[kRowNeighbors];
    SumLookups(reinterpret_cast<const uint8_t*>(p + layout_.codes_at),
               query_.lookup.data(), layout_.groups, sums);
    const DF df;
    const DH dh;
    const hn::RebindToSigned<DF> di;
    const auto* factors = AsHalves(p + layout_.factors_at);
    const auto step = hn::Set(df, query_.step);
    const auto base = hn::Set(df, query_.base);
    const auto own = hn::Set(df, exact);
    for (size_t n = 0; n < kRowNeighbors; n += hn::Lanes(df)) {
      const auto product =
          hn::MulAdd(hn::ConvertTo(df, hn::Load(di, sums + n)), step, base);
      const auto a = hn::PromoteTo(df, hn::LoadU(dh, factors + n));
      const auto b =
          hn::PromoteTo(df, hn::LoadU(dh, factors + kRowNeighbors + n));
      hn::Store(hn::Add(own, hn::MulAdd(b, product, a)), df, estimates_ + n);
    }
  }

  HWY_INLINE void InsertNearer(const uint32_t* HWY_RESTRICT ids) {
    for (uint64_t nearer =
             walk::NearerThan(estimates_, kRowNeighbors, beam_.worst());
         nearer != 0; nearer &= nearer - 1) {
      const size_t n = hwy::Num0BitsBelowLS1Bit_Nonzero64(nearer);
      // The bound has moved since the mask was made.
      if (estimates_[n] >= beam_.worst()) continue;
      const uint32_t id = ids[n];
      if (mark_on_insert_ ? !visited_.Add(id) : visited_.Contains(id)) continue;
      beam_.Insert(estimates_[n], id);
    }
  }

  const RowsView& index_;
  const RowsLayout& layout_;
  const RowsQuery& query_;
  const WalkOptions& options_;
  WalkScratch& scratch_;
  const bool mark_on_insert_;
  walk::Beam beam_;
  walk::Beam results_;
  walk::Visited visited_;
  uint32_t prefetched_ = kNoRow;
  uint64_t hops_ = 0;
  uint64_t scans_ = 0;  // of rows of entries
  HWY_ALIGN float estimates_[kRowNeighbors];
};

void RowsWalkOfTarget(const RowsView& index, const RowsQuery& query,
                      const WalkOptions& options, WalkScratch* scratch) {
  scratch->Reserve(index.rows);
  scratch->beam.Reserve(options.effort);
  scratch->results.Reserve(options.results);
  scratch->leaders.Reserve(kEntryGroups);
  scratch->starts.Reserve(kStarts);
  scratch->stopped = false;
  Walk(index, query, options, scratch).Run();
}

// The lookup of a group holds <x, q> over its 4 / bits components, for all 16
// codes, less its minimum. x runs over -top..top in steps of 1.
void MakeLookupOfTarget(const RowsLayout& layout, RowsQuery* query) {
  const hn::CappedTag<float, 16> df;
  const hn::RebindToSigned<decltype(df)> di;
  const hn::Rebind<uint8_t, decltype(df)> d8;
  const size_t lanes = hn::Lanes(df);
  const size_t parts = 4 / layout.bits;
  const float top = static_cast<float>((1 << layout.bits) - 1) / 2;
  // x of each component of a group, for all 16 codes.
  HWY_ALIGN float digits[4][16];
  for (size_t j = 0; j < parts; ++j) {
    for (int code = 0; code < 16; ++code) {
      const int k = code >> (j * layout.bits) & ((1 << layout.bits) - 1);
      digits[j][code] = static_cast<float>(k) - top;
    }
  }
  const float* q = query->rotated.data();
  const size_t used = (layout.dimension + parts - 1) / parts;
  query->reach.resize(used);
  float widest = 0;
  float sum = 0;
  for (size_t g = 0; g < used; ++g) {
    float reach = 0;
    for (size_t j = 0; j < parts; ++j) reach += std::abs(q[g * parts + j]);
    query->reach[g] = reach;
    widest = std::max(widest, reach);
    sum += reach;
  }
  // So that no entry overflows 8 bits and no sum of entries 16.
  const float cap = std::min(
      255.0f, std::floor(65535.0f / static_cast<float>(layout.groups)));
  query->step = widest > 0 ? 2 * top * widest / cap : 1.0f;
  query->base = -top * sum;
  query->lookup.assign(layout.groups * kGroupBytes, 0);
  const auto per_step = hn::Set(df, 1 / query->step);
  for (size_t g = 0; g < used; ++g) {
    const auto least = hn::Set(df, top * query->reach[g]);
    for (size_t i = 0; i < 16; i += lanes) {
      auto value = least;
      for (size_t j = 0; j < parts; ++j) {
        value = hn::MulAdd(hn::Set(df, q[g * parts + j]),
                           hn::Load(df, digits[j] + i), value);
      }
      const auto steps = hn::NearestInt(hn::Mul(value, per_step));
      hn::StoreU(hn::DemoteTo(d8, hn::Max(steps, hn::Zero(di))), d8,
                 query->lookup.data() + g * kGroupBytes + i);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(RowsWalkOfTarget);
HWY_EXPORT(MakeLookupOfTarget);

void RowsWalk(const RowsView& index, const RowsQuery& query,
              const WalkOptions& options, WalkScratch* scratch) {
  HWY_DYNAMIC_DISPATCH(RowsWalkOfTarget)(index, query, options, scratch);
}

void MakeLookup(const RowsLayout& layout, RowsQuery* query) {
  HWY_DYNAMIC_DISPATCH(MakeLookupOfTarget)(layout, query);
}

}  // namespace akin
#endif  // HWY_ONCE
