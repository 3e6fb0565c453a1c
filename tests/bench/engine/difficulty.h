// How hard a set of vectors is to search, from the distances of its queries.

#ifndef AKIN_TESTS_BENCH_ENGINE_DIFFICULTY_H_
#define AKIN_TESTS_BENCH_ENGINE_DIFFICULTY_H_

#include <cstddef>

#include "absl/types/span.h"

namespace akin::bench {

// The local intrinsic dimension around a query: how fast the number of
// neighbours grows with the distance. The maximum-likelihood estimate of
// Amsaleg et al., "Estimating Local Intrinsic Dimensionality" (KDD 2015),
// section 4, from the distances to the nearest neighbours, rising; distances of
// 0 are left out. 0 when fewer than two distances differ.
double LocalIntrinsicDimension(absl::Span<const double> distances);

// What a set's queries say of it.
struct Difficulty {
  size_t neighbors = 0;  // that each local intrinsic dimension was taken from
  double dimension = 0;  // local intrinsic dimension, mean over the queries
  double dimension_low = 0;   // and its 10th
  double dimension_high = 0;  // and 90th percentile
  // Relative contrast: the mean distance over the least one above 0, mean over
  // the queries (He, Kumar, Chang, "On the Difficulty of Nearest Neighbor
  // Search", ICML 2012). 1 would be hopeless.
  double contrast = 0;
};

// `nearest` holds the rising distances of each query's neighbours, one query
// behind the other; `means` the mean distance of each query to a row.
Difficulty DifficultyOf(absl::Span<const double> nearest,
                        absl::Span<const double> means);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_DIFFICULTY_H_
