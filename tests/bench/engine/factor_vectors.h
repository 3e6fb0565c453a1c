// A seeded source of vectors like those of a matrix factorisation: items whose
// lengths differ, and users of another distribution than the items.

#ifndef AKIN_TESTS_BENCH_ENGINE_FACTOR_VECTORS_H_
#define AKIN_TESTS_BENCH_ENGINE_FACTOR_VECTORS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "tests/bench/engine/clustered_vectors.h"

namespace akin::bench {

struct FactorShape {
  size_t dimension = 64;
  // The deviation of the logarithm of an item's length, which popularity makes,
  // and how many deviations it can be off: the longest of the factors trained
  // from the anime ratings are 3.6 times as long as the median one.
  double length_spread = 0.42;
  double most_deviations = 3;
  // How many tastes (clusters of items) a user mixes, and how much of a user is
  // nobody else's.
  size_t tastes = 3;
  double own = 0.5;
  uint64_t seed = 1;
};

// Immutable, so thread-safe. Both write `dimension` floats, the same for the
// same shape and index.
class FactorVectors {
 public:
  explicit FactorVectors(const FactorShape& shape);

  void WriteItem(uint64_t index, absl::Span<float> out) const;
  void WriteUser(uint64_t index, absl::Span<float> out) const;

 private:
  const FactorShape shape_;
  const ClusteredVectors directions_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_FACTOR_VECTORS_H_
