#include "tests/bench/engine/hnswlib_library.h"

#include <hnswlib/hnswlib.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace akin::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::unique_ptr<hnswlib::SpaceInterface<float>> MakeSpace(bool inner_product,
                                                          size_t dimension) {
  if (inner_product) {
    return std::make_unique<hnswlib::InnerProductSpace>(dimension);
  }
  return std::make_unique<hnswlib::L2Space>(dimension);
}

class Hnswlib : public SearchEngine {
 public:
  explicit Hnswlib(const HnswlibRequest& request)
      : rows_(request.rows),
        dimension_(request.dimension),
        space_(MakeSpace(request.inner_product, request.dimension)) {
    const std::string file = request.file;
    if (!file.empty() && std::ifstream(file).good()) {
      index_ = std::make_unique<Index>(space_.get(), file);
      build_seconds_ = request.file_seconds;
    } else {
      index_ = std::make_unique<Index>(space_.get(), rows_, request.links,
                                       request.build_effort);
      const auto begin = Clock::now();
      Build(request);
      build_seconds_ = SecondsSince(begin);
      if (!file.empty()) index_->saveIndex(file);
    }
    if (request.huge_pages) UseHugePages();
  }

  void SetEffort(size_t effort) override { index_->setEf(effort); }

  size_t Search(const float* query, size_t k, uint32_t* rows) override {
    auto found = index_->searchKnn(query, k);
    const size_t count = found.size();
    for (size_t i = count; i-- > 0; found.pop()) {
      rows[i] = static_cast<uint32_t>(found.top().second);
    }
    return count;
  }

  SearchCounts CountedSearch(const float* query, size_t k,
                             uint32_t* rows) override {
    index_->metric_distance_computations = 0;
    index_->metric_hops = 0;
    Search(query, k, rows);
    SearchCounts counts;
    // hnswlib counts all links of a vertex, also those it has met before.
    counts.distances =
        static_cast<double>(index_->metric_distance_computations);
    counts.hops = static_cast<double>(index_->metric_hops);
    return counts;
  }

  size_t memory_bytes() const override {
    size_t bytes =
        rows_ * (index_->size_data_per_element_ + sizeof(char*) +
                 sizeof(std::mutex) + sizeof(int) + sizeof(hnswlib::vl_type));
    for (size_t row = 0; row < rows_; ++row) {
      bytes += static_cast<size_t>(index_->element_levels_[row]) *
               index_->size_links_per_element_;
    }
    // The nodes and buckets of the label map.
    bytes += rows_ * (2 * sizeof(void*) + sizeof(hnswlib::labeltype) +
                      sizeof(hnswlib::tableint));
    return bytes + index_->label_lookup_.bucket_count() * sizeof(void*);
  }

  double build_seconds() const override { return build_seconds_; }

 private:
  using Index = hnswlib::HierarchicalNSW<float>;

  // Rows are taken in rising order by whichever thread is free, as hnswlib's
  // own Python module does it.
  void Build(const HnswlibRequest& request) {
    const auto add = [&](size_t row) {
      index_->addPoint(request.vectors + row * dimension_, row);
    };
    add(0);
    std::atomic<size_t> next{1};
    std::exception_ptr failure;
    std::mutex failure_guard;
    const auto work = [&] {
      try {
        for (size_t row = next++; row < rows_; row = next++) add(row);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(failure_guard);
        failure = std::current_exception();
      }
    };
    std::vector<std::thread> threads;
    threads.reserve(request.threads);
    for (size_t i = 1; i < request.threads; ++i) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
    if (failure) std::rethrow_exception(failure);
  }

  void UseHugePages() const {
    constexpr uintptr_t kPage = 4096;
    constexpr int kCollapseNow = 25;  // MADV_COLLAPSE, Linux 6.1
    char* const begin = index_->data_level0_memory_;
    const size_t bytes = rows_ * index_->size_data_per_element_;
    const size_t skipped =
        (kPage - reinterpret_cast<uintptr_t>(begin) % kPage) % kPage;
    if (bytes < skipped + kPage) return;
    char* const block = begin + skipped;
    const size_t length = (bytes - skipped) / kPage * kPage;
    madvise(block, length, MADV_HUGEPAGE);
    madvise(block, length, kCollapseNow);
  }

  const size_t rows_;
  const size_t dimension_;
  const std::unique_ptr<hnswlib::SpaceInterface<float>> space_;
  std::unique_ptr<Index> index_;
  double build_seconds_ = 0;
};

double TimeDistances(bool inner_product, size_t dimension) {
  constexpr size_t kVectors = 64;
  constexpr size_t kRounds = 200;
  constexpr size_t kTries = 15;
  const auto space = MakeSpace(inner_product, dimension);
  const auto distance = space->get_dist_func();
  std::vector<float> vectors(kVectors * dimension);
  for (size_t i = 0; i < vectors.size(); ++i) {
    vectors[i] = static_cast<float>(i % 17) * 0.1f;
  }
  double best = 1;
  volatile float sink = 0;
  for (size_t attempt = 0; attempt < kTries; ++attempt) {
    const auto begin = Clock::now();
    float sum = 0;
    for (size_t i = 0; i < kRounds * kVectors; ++i) {
      sum += distance(&vectors[i % kVectors * dimension], vectors.data(),
                      space->get_dist_func_param());
    }
    sink = sink + sum;
    best = std::min(best, SecondsSince(begin) / (kRounds * kVectors));
  }
  return best;
}

}  // namespace
}  // namespace akin::bench

extern "C" {

// NOLINTNEXTLINE(bugprone-easily-swappable-parameters)
akin::bench::SearchEngine* AkinNewHnswlib(
    const akin::bench::HnswlibRequest& request, char* error,
    size_t error_bytes) {
  try {
    return new akin::bench::Hnswlib(request);
  } catch (const std::exception& e) {
    std::snprintf(error, error_bytes, "%s", e.what());
    return nullptr;
  }
}

double AkinHnswlibDistanceSeconds(bool inner_product, size_t dimension) {
  return akin::bench::TimeDistances(inner_product, dimension);
}

}  // extern "C"
