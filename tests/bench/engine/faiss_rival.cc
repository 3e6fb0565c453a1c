#include <dlfcn.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/index_io.h>
#include <omp.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/engine/rivals.h"
#include "tests/bench/stopwatch.h"

namespace akin::bench {
namespace {

using Id = faiss::Index::idx_t;

// Of OpenMP, which FAISS' own loops use, and of OpenBLAS.
void UseThreads(size_t threads) {
  omp_set_num_threads(static_cast<int>(threads));
  using SetThreads = void (*)(int);
  static const auto set_blas_threads = reinterpret_cast<SetThreads>(
      dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set_blas_threads != nullptr) set_blas_threads(static_cast<int>(threads));
}

// Vectors of length 1 have the same neighbours by either, and l2 spares FAISS
// the second virtual call of its inner product.
faiss::MetricType MetricOf(const VectorSet& set) {
  return set.table->metric() == Metric::kDot ? faiss::METRIC_INNER_PRODUCT
                                             : faiss::METRIC_L2;
}

class FaissGraph : public SearchEngine {
 public:
  FaissGraph(std::unique_ptr<faiss::IndexHNSW> index, double build_seconds)
      : index_(std::move(index)), build_seconds_(build_seconds) {}

  void SetEffort(size_t effort) override {
    index_->hnsw.efSearch = static_cast<int>(effort);
  }

  size_t Search(const float* query, size_t k, uint32_t* rows) override {
    thread_local bool one_thread = false;
    if (!one_thread) UseThreads(1);
    one_thread = true;
    thread_local std::vector<float> distances;
    thread_local std::vector<Id> ids;
    distances.resize(k);
    ids.resize(k);
    index_->search(1, query, static_cast<Id>(k), distances.data(), ids.data());
    size_t count = 0;
    for (const Id id : ids) {
      if (id >= 0) rows[count++] = static_cast<uint32_t>(id);
    }
    return count;
  }

  // FAISS counts nothing that could be read per query.
  SearchCounts CountedSearch(const float* query, size_t k,
                             uint32_t* rows) override {
    Search(query, k, rows);
    return {};
  }

  size_t memory_bytes() const override {
    const faiss::HNSW& hnsw = index_->hnsw;
    return static_cast<size_t>(index_->ntotal) *
               (static_cast<size_t>(index_->d) * sizeof(float) + sizeof(int)) +
           hnsw.neighbors.size() * sizeof(hnsw.neighbors[0]) +
           hnsw.offsets.size() * sizeof(hnsw.offsets[0]);
  }

  double build_seconds() const override { return build_seconds_; }

 private:
  const std::unique_ptr<faiss::IndexHNSW> index_;
  const double build_seconds_;
};

class Flat : public FaissFlat {
 public:
  explicit Flat(const VectorSet& set)
      : index_(static_cast<Id>(set.dimension()), MetricOf(set)) {
    index_.add(static_cast<Id>(set.rows()), set.table->vectors());
  }

  void BatchSearch(const float* queries, size_t count, size_t k,
                   size_t threads) const override {
    UseThreads(threads);
    std::vector<float> distances(count * k);
    std::vector<Id> ids(count * k);
    index_.search(static_cast<Id>(count), queries, static_cast<Id>(k),
                  distances.data(), ids.data());
  }

 private:
  faiss::IndexFlat index_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SearchEngine>> MakeFaissGraph(
    const VectorSet& set, const RivalOptions& options,
    const CacheFolder& cache) {
  const std::string name =
      absl::StrCat("faiss-", Fingerprint(set), "-m", options.links, "-ef",
                   options.build_effort, "-t", options.threads);
  const std::string figure = absl::StrCat(name, "-seconds");
  const std::string file = cache.PathOf(name);
  try {
    std::optional<double> seconds = cache.ReadFigure(figure);
    std::unique_ptr<faiss::IndexHNSW> index;
    if (seconds.has_value()) {
      index.reset(
          dynamic_cast<faiss::IndexHNSW*>(faiss::read_index(file.c_str())));
    }
    if (index == nullptr) {
      index = std::make_unique<faiss::IndexHNSWFlat>(
          static_cast<int>(set.dimension()), static_cast<int>(options.links),
          MetricOf(set));
      index->hnsw.efConstruction = static_cast<int>(options.build_effort);
      UseThreads(options.threads);
      const Stopwatch watch;
      index->add(static_cast<Id>(set.rows()), set.table->vectors());
      seconds = watch.seconds();
      if (cache.enabled()) faiss::write_index(index.get(), file.c_str());
      cache.WriteFigure(figure, *seconds);
    }
    return std::make_unique<FaissGraph>(std::move(index), *seconds);
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("FAISS: ", e.what()));
  }
}

std::unique_ptr<FaissFlat> MakeFaissFlat(const VectorSet& set) {
  return std::make_unique<Flat>(set);
}

}  // namespace akin::bench
