// What the machine can do at this moment: how fast it reads memory.
//
// All on one thread unless said, in huge pages, as akin's indexes are.

#ifndef AKIN_TESTS_BENCH_ENGINE_PROBES_H_
#define AKIN_TESTS_BENCH_ENGINE_PROBES_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "index/base/page_buffer.h"

namespace akin::bench {

inline constexpr size_t kLineBytes = 64;

// Reads `bytes` from `data` (64-byte aligned) once, in order, with the widest
// loads there are; returns something that depends on all of it. `ahead` says
// how far in front of the loads it prefetches, 0: not at all.
uint64_t ReadInOrder(const void* data, size_t bytes, size_t ahead);

// The `ahead` that is fastest on `data`, and the bytes a second it reaches.
struct StreamRate {
  size_t ahead = 0;
  double bytes_per_second = 0;
};
StreamRate BestStreamRate(const void* data, size_t bytes, size_t threads);

// Random access over a buffer of a given size.
class RandomAccess {
 public:
  // RESOURCE_EXHAUSTED: no memory.
  static absl::StatusOr<RandomAccess> Make(size_t bytes);

  // Seconds per block of so many neighbouring lines, when blocks are known
  // ahead and prefetched: what a perfect walk would pay. The best of several
  // distances of the prefetch.
  double SecondsPerBlock(size_t lines) const;

  // Seconds of one read whose address the read before it gave.
  double SecondsPerDependentRead() const;

 private:
  explicit RandomAccess(PageBuffer buffer, size_t lines)
      : buffer_(std::move(buffer)), lines_(lines) {}

  // Reads blocks in turn, prefetching those that come `ahead` of them.
  void Visit(const std::vector<uint32_t>& blocks, size_t lines,
             size_t ahead) const;

  PageBuffer buffer_;  // one cycle through all lines
  size_t lines_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_PROBES_H_
