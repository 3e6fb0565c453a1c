// Sends load to a server from one thread: closed loop (a call for each that
// ends), or open loop (Poisson, whatever the server does).
//
// An open loop's latency counts from the moment the call was meant to be sent,
// so a generator that falls behind makes the figures worse, not better.

#ifndef AKIN_TESTS_BENCH_SERVE_GENERATOR_H_
#define AKIN_TESTS_BENCH_SERVE_GENERATOR_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "akin/v1/search_service.pb.h"

namespace akin::bench {

enum class CallKind { kNull, kSearch, kBatch, kStream };

// An answer to a search.
struct Answered {
  size_t asked;  // which of Load::searches
  const v1::SearchResponse& response;
  std::chrono::steady_clock::time_point meant;  // to be sent
  float latency_us;
};

struct Load {
  CallKind kind = CallKind::kNull;
  // What is asked, over and over: kSearch and kStream, or kBatch.
  const std::vector<v1::SearchRequest>* searches = nullptr;
  const std::vector<v1::BatchSearchRequest>* batches = nullptr;
  size_t outstanding = 64;  // closed loop
  double per_second = 0;    // open loop; 0: closed loop
  double seconds = 1;       // of sending
  uint64_t most_calls = ~uint64_t{0};
  double deadline_seconds = 30;  // a call
  // Of kSearch: called in the generator's thread, so it should be quick.
  std::function<void(const Answered& answered)> on_answer;
  // Sending ends when it becomes true. May be null.
  const std::atomic<bool>* stop = nullptr;
};

struct LoadResult {
  double seconds = 0;  // until the last answer
  uint64_t ok = 0;
  uint64_t refused = 0;                     // RESOURCE_EXHAUSTED
  uint64_t failed = 0;                      // otherwise
  std::vector<float> latencies_us;          // of those that were answered
  std::vector<float> refusal_latencies_us;  // of those that were refused
  std::string first_failure;

  double per_second() const { return static_cast<double>(ok) / seconds; }
};

class Generator {
 public:
  // Connects; each connection is its own.
  Generator(const std::string& address, size_t connections);
  ~Generator();

  LoadResult Run(const Load& load);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVE_GENERATOR_H_
