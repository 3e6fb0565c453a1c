// The exact answers that recall is measured against.

#ifndef AKIN_TESTS_BENCH_ENGINE_TRUTH_H_
#define AKIN_TESTS_BENCH_ENGINE_TRUTH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "index/base/worker_pool.h"
#include "tests/bench/engine/cache_folder.h"
#include "tests/bench/engine/difficulty.h"
#include "tests/bench/engine/vector_set.h"

namespace akin::bench {

// The score of a row for a query, in double precision.
double PreciseScore(const VectorSet& set, size_t query, uint32_t row);

class Truth {
 public:
  // Of each query, found by akin's exact search; how many at most is said by
  // kDepth. Where the set's publisher says what the nearest distances are, the
  // two must agree. From `cache` when it is there. INTERNAL: they disagree.
  static absl::StatusOr<Truth> Find(const VectorSet& set,
                                    const CacheFolder& cache, WorkerPool* pool);

  static constexpr size_t kDepth = 100;

  // How many of `rows` are among the k nearest of a query. By distance, so that
  // rows as near as the k-th count, whichever of them the truth names; a row
  // named twice counts once.
  size_t Hits(const VectorSet& set, size_t query, size_t k,
              const uint32_t* rows, size_t count) const;

  size_t depth() const { return depth_; }

  Difficulty MeasureDifficulty(const VectorSet& set) const;

 private:
  Truth(const VectorSet& set, const std::vector<uint32_t>& rows, size_t depth);

  absl::Status CheckAgainstPublished(const VectorSet& set) const;

  size_t depth_;
  // Of the nearest rows, falling, one query behind the other.
  std::vector<double> scores_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_TRUTH_H_
