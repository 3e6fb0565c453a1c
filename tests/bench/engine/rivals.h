// The engines that akin is compared with, built over a set's vectors.

#ifndef AKIN_TESTS_BENCH_ENGINE_RIVALS_H_
#define AKIN_TESTS_BENCH_ENGINE_RIVALS_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/engine/cache_folder.h"
#include "tests/bench/engine/hnswlib_library.h"
#include "tests/bench/engine/search_engine.h"
#include "tests/bench/engine/vector_set.h"

namespace akin::bench {

struct RivalOptions {
  size_t links = 16;  // M; twice as many on level 0
  size_t build_effort = 200;
  size_t threads = 1;       // that build
  bool huge_pages = false;  // of hnswlib, after the build
};

// hnswlib as packaged, from the library beside the running program that was
// compiled for this machine, or for AVX2 alone.
class HnswlibMaker {
 public:
  // UNAVAILABLE: the library cannot be loaded.
  static absl::StatusOr<HnswlibMaker> Load(bool avx2);

  // Whether hnswlib compares the vectors of a set by inner product (under dot)
  // or by squared distance (under l2). Under cosine, where both find the same:
  // by the one that it computes clearly faster in that dimension.
  bool ByInnerProduct(const VectorSet& set) const;

  // INTERNAL: hnswlib threw.
  absl::StatusOr<std::unique_ptr<SearchEngine>> Make(
      const VectorSet& set, bool inner_product, const RivalOptions& options,
      const CacheFolder& cache) const;

 private:
  NewHnswlib new_hnswlib_ = nullptr;
  HnswlibDistanceSeconds distance_seconds_ = nullptr;
  std::string build_;  // "native" or "avx2", in file names
};

// FAISS' IndexHNSWFlat as packaged. INTERNAL: FAISS threw.
absl::StatusOr<std::unique_ptr<SearchEngine>> MakeFaissGraph(
    const VectorSet& set, const RivalOptions& options,
    const CacheFolder& cache);

// FAISS' IndexFlat as packaged: compares all. Batches go through BLAS.
class FaissFlat {
 public:
  virtual ~FaissFlat() = default;
  // Answers `count` queries that lie one behind the other, with that many
  // threads.
  virtual void BatchSearch(const float* queries, size_t count, size_t k,
                           size_t threads) const = 0;
};
std::unique_ptr<FaissFlat> MakeFaissFlat(const VectorSet& set);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_RIVALS_H_
