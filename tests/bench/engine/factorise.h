// Trains user and item vectors from who used what, as a recommender would: the
// inner product of a user's and an item's vector says how likely they go
// together, and the lengths of the items' vectors differ widely.

#ifndef AKIN_TESTS_BENCH_ENGINE_FACTORISE_H_
#define AKIN_TESTS_BENCH_ENGINE_FACTORISE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/base/worker_pool.h"

namespace akin::bench {

struct FactoriseOptions {
  size_t dimension = 64;
  size_t rounds = 10;
  float confidence = 20;  // of "used", where "not used" has 1
  float regularisation = 5;
  uint64_t seed = 1;
};

struct Factors {
  std::vector<float> users;  // users x dimension
  std::vector<float> items;  // items x dimension
};

// Alternating least squares for implicit feedback (Hu, Koren, Volinsky,
// "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008), each
// least squares problem solved by a few conjugate gradient steps from where the
// last round left off (Takacs, Pilaszy, Tikk, RecSys 2011, section 3).
// `items_of[u]` are the items that user u used, each below `items`. The same
// on any number of threads.
Factors Factorise(const std::vector<std::vector<uint32_t>>& items_of,
                  size_t items, const FactoriseOptions& options,
                  WorkerPool* pool);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_FACTORISE_H_
