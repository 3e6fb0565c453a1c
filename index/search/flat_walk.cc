#include "index/search/flat_walk.h"

#include <algorithm>

#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/search/flat_walk.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "index/kernels/code_dot-inl.h"
#include "index/search/beam-inl.h"
#include "index/search/entries.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kHopsPerStopCheck = 64;
constexpr size_t kBlock = 64;

HWY_INLINE void PrefetchBytes(const void* p, size_t bytes) {
  const char* at = static_cast<const char*>(p);
  for (size_t i = 0; i < bytes; i += kLine) __builtin_prefetch(at + i);
}

// One walk. kStride is the codes' stride when it is known at compile time, so
// that the query stays in registers; 0: any.
template <size_t kStride>
class Walk {
 public:
  Walk(const FlatView& index, const CodeQuery& query,
       const WalkOptions& options, WalkScratch* scratch)
      : index_(index),
        values_(query.values.data()),
        base_(query.base),
        factor_(query.factor),
        options_(options),
        scratch_(*scratch),
        beam_(&scratch->beam, options.effort),
        visited_(scratch) {}

  void Run() {
    if (options_.hidden_row != kNoRow) visited_.Add(options_.hidden_row);
    Start();
    while (beam_.SeekNext()) {
      if (FarEnough() || Stopped()) break;
      Expand(beam_.TakeNext());
    }
    beam_.Finish(&scratch_.beam);
    scratch_.nearest = &scratch_.beam;
    scratch_.stats = {};
    scratch_.stats.distances = distances_;
    scratch_.stats.hops = hops_;
    const size_t code_lines = (index_.codes.stride + kLine - 1) / kLine;
    const size_t list_lines =
        (index_.degree * sizeof(uint32_t) + kLine - 1) / kLine;
    scratch_.stats.lines = distances_ * code_lines + hops_ * list_lines;
  }

 private:
  size_t stride() const { return kStride != 0 ? kStride : index_.codes.stride; }

  HWY_INLINE float Distance(const CodeRows& codes, size_t row) const {
    return code_dot::DistanceOf(
        codes, base_, factor_, row,
        code_dot::CodeDot(values_, codes.data + row * stride(), stride()));
  }

  HWY_INLINE void Distances(const CodeRows& codes,
                            const uint32_t* HWY_RESTRICT rows, size_t count,
                            float* HWY_RESTRICT distances) const {
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
      const int8_t* const four[4] = {codes.data + rows[i] * stride(),
                                     codes.data + rows[i + 1] * stride(),
                                     codes.data + rows[i + 2] * stride(),
                                     codes.data + rows[i + 3] * stride()};
      int32_t sums[4];
      code_dot::DotFour(values_, four, stride(), sums);
      for (size_t j = 0; j < 4; ++j) {
        distances[i + j] =
            code_dot::DistanceOf(codes, base_, factor_, rows[i + j], sums[j]);
      }
    }
    for (; i < count; ++i) distances[i] = Distance(codes, rows[i]);
  }

  // Entries are numbered as their codes lie.
  void Start() {
    walk::Beam leaders(&scratch_.leaders, kEntryGroups);
    Scan(0, index_.leader_count, &leaders);
    if (index_.group_begins == nullptr) {
      for (size_t i = 0; i < leaders.size(); ++i) {
        Enter(leaders.distance(i), index_.leaders[leaders.row(i)]);
      }
      return;
    }
    walk::Beam starts(&scratch_.starts, kStarts);
    for (size_t i = 0; i < leaders.size(); ++i) {
      const uint32_t* group = index_.group_begins + leaders.row(i);
      Scan(index_.leader_count + group[0], group[1] - group[0], &starts);
    }
    for (size_t i = 0; i < starts.size(); ++i) {
      Enter(starts.distance(i),
            index_.entries[starts.row(i) - index_.leader_count]);
    }
  }

  void Scan(size_t begin, size_t count, walk::Beam* nearest) {
    HWY_ALIGN float distances[kBlock + 16];
    uint32_t numbers[kBlock];
    const size_t end = begin + count;
    for (; begin < end; begin += kBlock) {
      const size_t block = std::min(kBlock, end - begin);
      for (size_t i = 0; i < block; ++i) {
        numbers[i] = static_cast<uint32_t>(begin + i);
      }
      Distances(index_.entry_codes, numbers, block, distances);
      nearest->InsertNearer(distances, numbers, block);
    }
    distances_ += count;
  }

  void Enter(float distance, uint32_t row) {
    if (distance < beam_.worst() && visited_.Add(row)) {
      beam_.Insert(distance, row);
    }
  }

  HWY_INLINE bool FarEnough() const {
    return options_.stop_factor > 0 && beam_.size() > options_.results &&
           beam_.distance(beam_.cursor()) >
               options_.stop_factor * beam_.distance(options_.results - 1);
  }

  HWY_INLINE bool Stopped() {
    if (options_.stop == nullptr || hops_ % kHopsPerStopCheck != 0)
      return false;
    scratch_.stopped = options_.stop->Stopped();
    return scratch_.stopped;
  }

  HWY_INLINE void Expand(uint32_t row) {
    ++hops_;
    const uint32_t* links = index_.links + size_t{row} * index_.degree;
    const size_t length = ListLength(links);
    // At most 64 at a time; few graphs have longer lists.
    for (size_t begin = 0; begin < length; begin += kBlock) {
      Compare(links + begin, std::min(kBlock, length - begin));
    }
  }

  // Lists are full but for a few.
  HWY_INLINE size_t ListLength(const uint32_t* links) const {
    size_t length = index_.degree;
    while (length > 0 && links[length - 1] == kNoRow) --length;
    return length;
  }

  HWY_INLINE void Compare(const uint32_t* links, size_t length) {
    const size_t from = visited_.count();
    const size_t count = visited_.AddAll(links, length);
    const uint32_t* HWY_RESTRICT fresh = visited_.fresh(from);
    const int8_t* codes = index_.codes.data;
    for (size_t i = 0; i < count; ++i) {
      PrefetchBytes(codes + fresh[i] * stride(), stride());
    }
    // Most often the next to be expanded: its list is on the way meanwhile.
    PrefetchLinks();
    distances_ += count;
    HWY_ALIGN float distances[kBlock + 16];
    Distances(index_.codes, fresh, count, distances);
    beam_.InsertNearer(distances, fresh, count);
    PrefetchLinks();
  }

  HWY_INLINE void PrefetchLinks() {
    const uint32_t next = beam_.PeekNext();
    if (next == kNoRow || next == prefetched_) return;
    prefetched_ = next;
    PrefetchBytes(index_.links + size_t{next} * index_.degree,
                  index_.degree * sizeof(uint32_t));
  }

  const FlatView& index_;
  const int16_t* HWY_RESTRICT const values_;
  const float base_;
  const float factor_;
  const WalkOptions& options_;
  WalkScratch& scratch_;
  walk::Beam beam_;
  walk::Visited visited_;
  uint32_t prefetched_ = kNoRow;
  uint64_t distances_ = 0;
  uint64_t hops_ = 0;
};

void FlatWalkOfTarget(const FlatView& index, const CodeQuery& query,
                      const WalkOptions& options, WalkScratch* scratch) {
  scratch->Reserve(index.rows);
  scratch->beam.Reserve(options.effort);
  scratch->leaders.Reserve(kEntryGroups);
  scratch->starts.Reserve(kStarts);
  scratch->stopped = false;
  switch (index.codes.stride) {
    case 32:
      return Walk<32>(index, query, options, scratch).Run();
    case 64:
      return Walk<64>(index, query, options, scratch).Run();
    case 128:
      return Walk<128>(index, query, options, scratch).Run();
    default:
      return Walk<0>(index, query, options, scratch).Run();
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {

HWY_EXPORT(FlatWalkOfTarget);

void FlatWalk(const FlatView& index, const CodeQuery& query,
              const WalkOptions& options, WalkScratch* scratch) {
  HWY_DYNAMIC_DISPATCH(FlatWalkOfTarget)(index, query, options, scratch);
}

}  // namespace akin
#endif  // HWY_ONCE
