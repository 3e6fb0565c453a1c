// The beam and the visited rows of a walk. Included once per SIMD target,
// inside its namespace (Highway's foreach_target).

#if defined(AKIN_INDEX_SEARCH_BEAM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_INDEX_SEARCH_BEAM_INL_H_
#undef AKIN_INDEX_SEARCH_BEAM_INL_H_
#else
#define AKIN_INDEX_SEARCH_BEAM_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "index/search/walk.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace walk {
namespace hn = hwy::HWY_NAMESPACE;

constexpr uint32_t kExpanded = 0x8000'0000;
constexpr float kFarthest = std::numeric_limits<float>::max();

// One bit for each of `count` distances, at most 64, that are below `bound`.
// Reads up to 64 / 4 floats behind them.
HWY_INLINE uint64_t NearerThan(const float* HWY_RESTRICT distances,
                               size_t count, float bound) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  const auto limit = hn::Set(d, bound);
  uint64_t nearer = 0;
  for (size_t i = 0; i < count; i += lanes) {
    uint8_t bits[8] = {};
    hn::StoreMaskBits(d, hn::Lt(hn::LoadU(d, distances + i), limit), bits);
    nearer |= (uint64_t{bits[0]} | uint64_t{bits[1]} << 8) << i;
  }
  return count < 64 ? nearer & ((uint64_t{1} << count) - 1) : nearer;
}

// The rows with the least distances so far, at most `capacity`, nearest first.
// Equal distances stay in the order they came.
class Beam {
 public:
  Beam(BeamArrays* arrays, size_t capacity)
      : distances_(arrays->distances.data()),
        rows_(arrays->rows.data()),
        capacity_(capacity) {
    Pad(0);
  }

  size_t size() const { return size_; }
  size_t cursor() const { return cursor_; }
  float distance(size_t i) const { return distances_[i]; }
  uint32_t row(size_t i) const { return rows_[i] & ~kExpanded; }

  // Only what is nearer than this may be inserted.
  float worst() const { return worst_; }

  // Returns where it was put.
  HWY_INLINE size_t Insert(float distance, uint32_t row) {
    const size_t at = CountUpTo(distance);
    if (size_ < capacity_) ++size_;
    ShiftFrom(at);
    distances_[at] = distance;
    rows_[at] = row;
    if (size_ == capacity_) {
      worst_ = distances_[size_ - 1];
    } else {
      Pad(size_);
    }
    if (at < cursor_) cursor_ = at;
    return at;
  }

  // Moves to the nearest row not yet expanded; false when there is none.
  HWY_INLINE bool SeekNext() {
    while (cursor_ < size_ && (rows_[cursor_] & kExpanded) != 0) ++cursor_;
    return cursor_ < size_;
  }
  // After SeekNext() said yes.
  HWY_INLINE uint32_t TakeNext() {
    const uint32_t row = rows_[cursor_];
    rows_[cursor_++] = row | kExpanded;
    return row;
  }
  // The row that TakeNext() would give as things stand, or kNoRow.
  HWY_INLINE uint32_t PeekNext() {
    return SeekNext() ? rows_[cursor_] : kNoRow;
  }

  // Inserts those of `count` rows, at most 64, that are near enough.
  HWY_INLINE void InsertNearer(const float* HWY_RESTRICT distances,
                               const uint32_t* HWY_RESTRICT rows,
                               size_t count) {
    for (uint64_t nearer = NearerThan(distances, count, worst_); nearer != 0;
         nearer &= nearer - 1) {
      const size_t i = hwy::Num0BitsBelowLS1Bit_Nonzero64(nearer);
      // The bound has moved since the mask was made.
      if (distances[i] < worst_) Insert(distances[i], rows[i]);
    }
  }

  // Leaves size and order to whoever reads the arrays.
  void Finish(BeamArrays* arrays) const { arrays->size = size_; }

 private:
  using D = hn::ScalableTag<float>;
  using DU = hn::RebindToUnsigned<D>;

  // So that the vector that covers the last entry counts nothing behind it.
  HWY_INLINE void Pad(size_t from) {
    const D d;
    hn::StoreU(hn::Set(d, kFarthest), d, distances_ + from);
  }

  // How many entries are at most `distance`.
  HWY_INLINE size_t CountUpTo(float distance) const {
    const D d;
    const size_t lanes = hn::Lanes(d);
    size_t low = 0;
    size_t left = size_;
    while (left > 8 * lanes) {
      const size_t half = left / 2;
      low = distances_[low + half - 1] <= distance ? low + half : low;
      left -= half;
    }
    const auto limit = hn::Set(d, distance);
    size_t count = low;
    for (size_t i = 0; i < left; i += lanes) {
      count +=
          hn::CountTrue(d, hn::Le(hn::LoadU(d, distances_ + low + i), limit));
    }
    // Entries behind `left` that were counted too would be larger anyway.
    return count < size_ ? count : size_;
  }

  // Moves the entries from `at` one place back; the last may fall off.
  HWY_INLINE void ShiftFrom(size_t at) {
    const D d;
    const DU du;
    const size_t lanes = hn::Lanes(d);
    size_t end = size_ - 1;  // entries at..end-1 move
    while (end >= at + lanes) {
      end -= lanes;
      const auto distances = hn::LoadU(d, distances_ + end);
      const auto rows = hn::LoadU(du, rows_ + end);
      hn::StoreU(distances, d, distances_ + end + 1);
      hn::StoreU(rows, du, rows_ + end + 1);
    }
    while (end > at) {
      --end;
      distances_[end + 1] = distances_[end];
      rows_[end + 1] = rows_[end];
    }
  }

  float* HWY_RESTRICT const distances_;
  uint32_t* HWY_RESTRICT const rows_;
  const size_t capacity_;
  size_t size_ = 0;
  size_t cursor_ = 0;
  float worst_ = kFarthest;
};

// Which rows the walk has met.
class Visited {
 public:
  explicit Visited(WalkScratch* scratch)
      : words_(scratch->visited.data()), touched_(scratch->touched.get()) {}
  ~Visited() {
    for (size_t i = 0; i < count_; ++i) words_[touched_[i] >> 6] = 0;
  }
  Visited(const Visited&) = delete;
  Visited& operator=(const Visited&) = delete;

  HWY_INLINE bool Contains(uint32_t row) const {
    return (words_[row >> 6] >> (row & 63) & 1) != 0;
  }
  // True the first time. New rows line up behind fresh(count()).
  HWY_INLINE bool Add(uint32_t row) {
    uint64_t& word = words_[row >> 6];
    const uint64_t bit = uint64_t{1} << (row & 63);
    const bool is_new = (word & bit) == 0;
    word |= bit;
    touched_[count_] = row;
    count_ += is_new;
    return is_new;
  }
  // Adds all of `rows` and returns how many were new; those are fresh(count()
  // before the call). Without a branch: half of them are new, in no order.
  HWY_INLINE size_t AddAll(const uint32_t* HWY_RESTRICT rows, size_t count) {
    uint64_t* HWY_RESTRICT words = words_;
    uint32_t* HWY_RESTRICT fresh = touched_ + count_;
    size_t added = 0;
    for (size_t i = 0; i < count; ++i) {
      const uint32_t row = rows[i];
      const uint64_t word = words[row >> 6];
      fresh[added] = row;
      added += (~word >> (row & 63)) & 1;
      words[row >> 6] = word | uint64_t{1} << (row & 63);
    }
    count_ += added;
    return added;
  }
  size_t count() const { return count_; }
  const uint32_t* fresh(size_t from) const { return touched_ + from; }

 private:
  uint64_t* HWY_RESTRICT const words_;
  uint32_t* HWY_RESTRICT const touched_;
  size_t count_ = 0;
};

}  // namespace walk
}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#endif  // toggle
