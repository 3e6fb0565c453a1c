#include "tests/bench/engine/blocks.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

namespace akin::bench {
namespace {

constexpr double kMostStolen = 0.02;
constexpr size_t kFirstBlock = 50;  // queries, before the speed is known

double ThreadCpuSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) * 1e-9;
}

// Seconds of all processors that the host gave to others, since the start.
double StolenSeconds() {
  std::ifstream file("/proc/stat");
  std::string word;
  file >> word;
  double ticks = 0;
  // user nice system idle iowait irq softirq steal
  for (size_t i = 0; i < 8; ++i) file >> ticks;
  return file ? ticks / static_cast<double>(sysconf(_SC_CLK_TCK)) : 0;
}

struct Pair {
  Block a, b;
};

// What `figure` says of each pair.
template <typename Figure>
std::vector<double> Collect(const std::vector<Pair>& pairs, Figure figure) {
  std::vector<double> out;
  out.reserve(pairs.size());
  for (const Pair& pair : pairs) out.push_back(figure(pair));
  return out;
}

BlockComparison Summarise(const std::vector<Pair>& pairs) {
  const auto rate = [](const Block& b) { return b.done / b.seconds; };
  const auto cpu_rate = [](const Block& b) { return b.done / b.cpu_seconds; };
  BlockComparison out;
  out.ratio = EstimateMedian(
      Collect(pairs, [&](const Pair& p) { return rate(p.a) / rate(p.b); }));
  out.cpu_ratio = EstimateMedian(Collect(
      pairs, [&](const Pair& p) { return cpu_rate(p.a) / cpu_rate(p.b); }));
  out.rate_a = Median(Collect(pairs, [&](const Pair& p) { return rate(p.a); }));
  out.rate_b = Median(Collect(pairs, [&](const Pair& p) { return rate(p.b); }));
  out.cpu_rate_a =
      Median(Collect(pairs, [&](const Pair& p) { return cpu_rate(p.a); }));
  out.cpu_rate_b =
      Median(Collect(pairs, [&](const Pair& p) { return cpu_rate(p.b); }));
  return out;
}

}  // namespace

Block TimeOnThreads(size_t threads, const std::function<void(size_t)>& work) {
  std::vector<double> cpu_seconds(threads);
  const auto timed = [&](size_t thread) {
    const double begin = ThreadCpuSeconds();
    work(thread);
    cpu_seconds[thread] = ThreadCpuSeconds() - begin;
  };
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> others;
  others.reserve(threads);
  for (size_t i = 1; i < threads; ++i) others.emplace_back(timed, i);
  timed(0);
  for (std::thread& other : others) other.join();
  Block block;
  block.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  for (const double seconds : cpu_seconds) block.cpu_seconds += seconds;
  return block;
}

SearchSide::SearchSide(const VectorSet* set, SearchEngine* engine,
                       const EffortMix& mix, size_t k, size_t threads,
                       double seconds)
    : set_(*set),
      engine_(*engine),
      mix_(mix),
      k_(k),
      threads_(threads),
      wanted_seconds_(seconds),
      count_(kFirstBlock * threads) {}

Block SearchSide::Run() {
  const auto high = static_cast<size_t>(
      std::lround(mix_.share_high * static_cast<double>(count_)));
  Block block;
  Search(mix_.low, count_ - high, &block);
  Search(mix_.high, high, &block);
  block.done = static_cast<double>(count_);
  const double count = block.done * wanted_seconds_ / block.seconds;
  count_ = std::max(threads_, static_cast<size_t>(count));
  return block;
}

void SearchSide::Search(size_t effort, size_t count, Block* block) {
  if (count == 0) return;
  engine_.SetEffort(effort);
  const size_t queries = set_.query_count();
  const Block part = TimeOnThreads(threads_, [&](size_t thread) {
    std::vector<uint32_t> rows(k_);
    for (size_t i = thread; i < count; i += threads_) {
      engine_.Search(set_.query((next_ + i) % queries), k_, rows.data());
    }
  });
  next_ = (next_ + count) % queries;
  block->seconds += part.seconds;
  block->cpu_seconds += part.cpu_seconds;
}

BlockComparison CompareInBlocks(size_t pairs, const std::function<Block()>& a,
                                const std::function<Block()>& b) {
  // Warm, and the length of a block found out.
  for (size_t i = 0; i < 2; ++i) {
    a();
    b();
  }
  const auto processors =
      static_cast<double>(std::thread::hardware_concurrency());
  std::vector<Pair> kept;
  size_t dropped = 0;
  while (kept.size() < pairs) {
    const double stolen_before = StolenSeconds();
    Pair pair;
    if ((kept.size() + dropped) % 2 == 0) {
      pair.a = a();
      pair.b = b();
    } else {
      pair.b = b();
      pair.a = a();
    }
    const double stolen = StolenSeconds() - stolen_before;
    const double passed = (pair.a.seconds + pair.b.seconds) * processors;
    if (stolen > kMostStolen * passed && dropped < pairs) {
      ++dropped;
      continue;
    }
    kept.push_back(pair);
  }
  BlockComparison out = Summarise(kept);
  out.dropped = dropped;
  return out;
}

}  // namespace akin::bench
