// What the calls of a server's life were: counters, in process.
//
// Thread-safe and lock-free. Reading while calls run gives figures of slightly
// different moments.

#ifndef AKIN_SERVER_CALL_STATS_H_
#define AKIN_SERVER_CALL_STATS_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace akin::server {

enum class Rpc : uint8_t {
  kSearch,
  kBatchSearch,
  kStreamSearch,       // a stream as a whole
  kStreamSearchQuery,  // one of its queries
  kGetVectors,
  kScore,
  kExplain,
  kListIds,
  kListModels,
  kGetModel,
  kGetServerInfo,
  kPlanLoad,
  kLoadVersion,
  kUnloadVersion,
  kSetLabel,
  kCompareVersions,
  kImportVersion,
  kGetRecall,
};
inline constexpr size_t kRpcs = 18;

absl::string_view NameOf(Rpc rpc);

// How a call ended, as far as its duration goes: what is refused takes
// microseconds and what is late takes the caller's patience, so neither says
// anything of what an answer takes.
enum class Ending : uint8_t {
  kOk,
  kRefused,  // RESOURCE_EXHAUSTED, UNAVAILABLE: too much to do, or draining
  kLate,     // CANCELLED, DEADLINE_EXCEEDED: nobody waits for it any more
  kError,    // every other code: the caller's fault or ours
};
inline constexpr size_t kEndings = 4;

absl::string_view NameOf(Ending ending);  // "refused"
Ending EndingOf(absl::StatusCode code);

// Counts durations in buckets that are a quarter wider each: from 1 microsecond
// to over an hour, a percentile is off by at most that.
class LatencyHistogram {
 public:
  static constexpr size_t kBuckets = 100;

  void Add(std::chrono::nanoseconds latency);

  // The longest that bucket `i` holds; the last one holds all above, too.
  static std::chrono::duration<double> UpperEnd(size_t i);
  uint64_t InBucket(size_t i) const { return buckets_[i]; }

  uint64_t count() const;
  std::chrono::nanoseconds total() const;
  // The upper end of the bucket that holds the `share`-th call, as 0.99; zero
  // when there was none.
  std::chrono::nanoseconds Percentile(double share) const;

 private:
  std::array<std::atomic<uint64_t>, kBuckets> buckets_{};
  std::atomic<uint64_t> total_ns_{0};
};

struct alignas(64) RpcStats {
  static constexpr size_t kCodes = 17;  // of gRPC

  std::array<std::atomic<uint64_t>, kCodes> by_code{};
  // From the message read to the answer sent, by how they ended.
  std::array<LatencyHistogram, kEndings> latencies;
  LatencyHistogram queue_delay;  // of calls that waited for a worker

  LatencyHistogram& latency(Ending ending) {
    return latencies[static_cast<size_t>(ending)];
  }
  const LatencyHistogram& latency(Ending ending) const {
    return latencies[static_cast<size_t>(ending)];
  }
  uint64_t Count(absl::StatusCode code) const {
    return by_code[static_cast<size_t>(code) % kCodes];
  }
};

struct CallStats {
  std::array<RpcStats, kRpcs> rpcs;
  // Begun and not yet wholly answered; a stream is one, and so is each of its
  // queries.
  std::atomic<int64_t> in_flight{0};
  // Calls that came to be worked on.
  std::atomic<uint64_t> begun{0};
  // Refused because the server had too much to do.
  std::atomic<uint64_t> overloaded{0};
  // Calls whose caller was gone, or whose deadline had passed: before they were
  // begun, and while they were at work.
  std::atomic<uint64_t> not_begun{0};
  std::atomic<uint64_t> stopped{0};
  // The longest that work went on after the answer was of no use.
  std::atomic<uint64_t> longest_stop_ns{0};
  // Imports that are being sent, or built.
  std::atomic<uint64_t> imports{0};
  std::atomic<uint64_t> queries{0};
  std::atomic<uint64_t> distances{0};

  RpcStats& of(Rpc rpc) { return rpcs[static_cast<size_t>(rpc)]; }
  const RpcStats& of(Rpc rpc) const { return rpcs[static_cast<size_t>(rpc)]; }
};

}  // namespace akin::server

#endif  // AKIN_SERVER_CALL_STATS_H_
