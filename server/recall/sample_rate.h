// Which queries are sampled: each with the same chance, so that the sample is
// like what it is drawn from, and so many that the budget lasts.

#ifndef AKIN_SERVER_RECALL_SAMPLE_RATE_H_
#define AKIN_SERVER_RECALL_SAMPLE_RATE_H_

#include <atomic>
#include <cstdint>

namespace akin::server {

class SampleRate {
 public:
  // All, until Adapt was called.
  explicit SampleRate(double now) : now_(now) {}

  // Whether this query is sampled. Counts it: two relaxed atomics, and a random
  // number while any are taken. Thread-safe.
  bool Take();

  uint64_t offered() const { return offered_.load(std::memory_order_relaxed); }

  // The rest is for one thread.

  // Takes none from now on; Adapt opens it again.
  void Close() { threshold_.store(0, std::memory_order_relaxed); }

  // `share` of a processor is there for samples that take `cpu_per_sample`
  // seconds each; 0: that is not known yet. A bucket of tokens that is full by
  // `fill`, 0..1, makes up for an error in that: the share counts half as much
  // to half as much again.
  void Adapt(double now, double share, double cpu_per_sample, double fill);

  double chance() const { return chance_; }

 private:
  alignas(64) std::atomic<uint64_t> offered_{0};
  std::atomic<uint32_t> threshold_{UINT32_MAX};
  // Of the thread that adapts.
  double now_;
  uint64_t counted_ = 0;
  double per_second_ = 0;
  bool has_rate_ = false;
  double chance_ = 1;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_SAMPLE_RATE_H_
