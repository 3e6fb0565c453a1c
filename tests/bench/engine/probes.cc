#include "tests/bench/engine/probes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "index/base/status_macros.h"
#include "tests/bench/engine/blocks.h"
#include "tests/bench/engine/seeded_random.h"

// Highway compiles what follows, up to HWY_ONCE, once per target.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/engine/probes.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin::bench {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

uint64_t ReadLines(const void* data, size_t bytes, size_t ahead) {
  const hn::ScalableTag<uint64_t> d;
  const size_t lanes = hn::Lanes(d);
  const auto* p = static_cast<const uint64_t*>(data);
  const size_t count = bytes / sizeof(uint64_t);
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  auto sum2 = hn::Zero(d);
  auto sum3 = hn::Zero(d);
  size_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    if (ahead != 0) {
      const auto* next = reinterpret_cast<const char*>(p + i) + ahead;
      for (size_t byte = 0; byte < 4 * lanes * sizeof(uint64_t);
           byte += kLineBytes) {
        __builtin_prefetch(next + byte);
      }
    }
    sum0 = hn::Xor(sum0, hn::LoadU(d, p + i));
    sum1 = hn::Xor(sum1, hn::LoadU(d, p + i + lanes));
    sum2 = hn::Xor(sum2, hn::LoadU(d, p + i + 2 * lanes));
    sum3 = hn::Xor(sum3, hn::LoadU(d, p + i + 3 * lanes));
  }
  uint64_t rest = 0;
  for (; i < count; ++i) rest ^= p[i];
  return rest ^ hn::GetLane(hn::SumOfLanes(
                    d, hn::Xor(hn::Xor(sum0, sum1), hn::Xor(sum2, sum3))));
}

}  // namespace HWY_NAMESPACE
}  // namespace akin::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::bench {
namespace {

HWY_EXPORT(ReadLines);

constexpr size_t kTries = 5;
// Lines of one try of random access.
constexpr size_t kLines = 200'000;
constexpr std::array<size_t, 3> kStreamAhead = {0, 1024, 4096};
constexpr std::array<size_t, 4> kBlocksAhead = {1, 2, 4, 8};

// Keeps the reads from being optimised away.
void Keep(uint64_t value) { asm volatile("" : : "r"(value)); }

double SecondsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
      .count();
}

}  // namespace

uint64_t ReadInOrder(const void* data, size_t bytes, size_t ahead) {
  return HWY_DYNAMIC_DISPATCH(ReadLines)(data, bytes, ahead);
}

StreamRate BestStreamRate(const void* data, size_t bytes, size_t threads) {
  StreamRate best;
  const size_t share = bytes / threads / kLineBytes * kLineBytes;
  for (size_t attempt = 0; attempt < kTries; ++attempt) {
    for (const size_t ahead : kStreamAhead) {
      const Block block = TimeOnThreads(threads, [&](size_t thread) {
        Keep(ReadInOrder(static_cast<const char*>(data) + thread * share, share,
                         ahead));
      });
      const double rate = static_cast<double>(share * threads) / block.seconds;
      if (rate > best.bytes_per_second) best = {ahead, rate};
    }
  }
  return best;
}

absl::StatusOr<RandomAccess> RandomAccess::Make(size_t bytes) {
  const size_t lines = std::max<size_t>(bytes / kLineBytes, 1024);
  PageBuffer buffer;
  AKIN_RETURN_IF_ERROR(buffer.Reserve(lines * kLineBytes));
  // Sattolo's shuffle: one cycle through all lines.
  std::vector<uint64_t> order(lines);
  std::iota(order.begin(), order.end(), 0);
  SeededRandom random(1);
  for (size_t i = lines - 1; i > 0; --i) {
    std::swap(order[i], order[random.Below(i)]);
  }
  for (size_t i = 0; i < lines; ++i) {
    std::memcpy(buffer.data() + i * kLineBytes, &order[i], sizeof(uint64_t));
  }
  return RandomAccess(std::move(buffer), lines);
}

double RandomAccess::SecondsPerBlock(size_t lines) const {
  SeededRandom random(2);
  double best = 1;
  for (size_t attempt = 0; attempt < kTries; ++attempt) {
    for (const size_t ahead : kBlocksAhead) {
      // Other blocks each time: those of the last are in the caches.
      std::vector<uint32_t> blocks(kLines / lines + ahead);
      for (uint32_t& block : blocks) {
        block = static_cast<uint32_t>(random.Below(lines_ / lines));
      }
      const double seconds = SecondsOf([&] { Visit(blocks, lines, ahead); });
      best =
          std::min(best, seconds / static_cast<double>(blocks.size() - ahead));
    }
  }
  return best;
}

void RandomAccess::Visit(const std::vector<uint32_t>& blocks, size_t lines,
                         size_t ahead) const {
  const size_t bytes = lines * kLineBytes;
  uint64_t sum = 0;
  for (size_t i = 0; i + ahead < blocks.size(); ++i) {
    const char* next = buffer_.data() + blocks[i + ahead] * bytes;
    const char* now = buffer_.data() + blocks[i] * bytes;
    for (size_t byte = 0; byte < bytes; byte += kLineBytes) {
      __builtin_prefetch(next + byte);
    }
    for (size_t byte = 0; byte < bytes; byte += kLineBytes) {
      uint64_t word = 0;
      std::memcpy(&word, now + byte, sizeof(word));
      sum += word;
    }
  }
  Keep(sum);
}

double RandomAccess::SecondsPerDependentRead() const {
  double best = 1;
  uint64_t line = 0;
  for (size_t attempt = 0; attempt < kTries; ++attempt) {
    const double seconds = SecondsOf([&] {
      for (size_t i = 0; i < kLines; ++i) {
        std::memcpy(&line, buffer_.data() + line * kLineBytes, sizeof(line));
      }
      Keep(line);
    });
    best = std::min(best, seconds / static_cast<double>(kLines));
  }
  return best;
}

}  // namespace akin::bench
#endif  // HWY_ONCE
