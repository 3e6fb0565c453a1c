// Seeded vectors that lie as trained ones do: in clusters of few latent
// dimensions, with a little noise on top.

#ifndef AKIN_TESTS_SUPPORT_CLUSTERED_DATA_H_
#define AKIN_TESTS_SUPPORT_CLUSTERED_DATA_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "index/table/table_builder.h"
#include "tests/support/tiny_data.h"

namespace akin {

using Vectors = std::vector<std::vector<float>>;

inline std::vector<float> NormalVector(size_t dimension,
                                       std::mt19937_64* random) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimension);
  for (float& x : vector) x = normal(*random);
  return vector;
}

// `count` vectors in so many clusters.
inline Vectors ClusteredVectors(size_t count, size_t dimension, uint64_t seed,
                                size_t clusters = 30) {
  constexpr size_t kLatent = 8;
  constexpr float kNoise = 0.15f;
  std::mt19937_64 random(seed);
  Vectors centres;
  std::vector<Vectors> axes(clusters);
  for (Vectors& of_cluster : axes) {
    centres.push_back(NormalVector(dimension, &random));
    for (size_t i = 0; i < kLatent; ++i) {
      of_cluster.push_back(NormalVector(dimension, &random));
    }
  }
  Vectors vectors;
  vectors.reserve(count);
  for (size_t n = 0; n < count; ++n) {
    const size_t cluster = random() % clusters;
    std::vector<float> vector = NormalVector(dimension, &random);
    const std::vector<float> latent = NormalVector(kLatent, &random);
    for (size_t j = 0; j < dimension; ++j) {
      vector[j] = vector[j] * kNoise + centres[cluster][j];
      for (size_t i = 0; i < kLatent; ++i) {
        vector[j] += 0.5f * latent[i] * axes[cluster][i][j];
      }
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

// Multiplies every vector by a factor whose logarithm has this deviation.
inline void SpreadLengths(double deviation, uint64_t seed, Vectors* vectors) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  for (std::vector<float>& vector : *vectors) {
    const auto factor =
        static_cast<float>(std::exp(deviation * normal(random)));
    for (float& x : vector) x *= factor;
  }
}

// Rows "r0", "r1", ...
inline Table TableOf(Metric metric, const Vectors& vectors) {
  Rows rows;
  rows.reserve(vectors.size());
  for (size_t i = 0; i < vectors.size(); ++i) {
    rows.emplace_back(absl::StrCat("r", i), vectors[i]);
  }
  return MakeTable("t", metric, rows);
}

// As queries of `metric` must be.
inline Vectors AsQueries(Metric metric, Vectors vectors) {
  if (metric == Metric::kCosine) {
    for (std::vector<float>& vector : vectors) {
      Normalise(absl::MakeSpan(vector));
    }
  }
  return vectors;
}

struct RowsAndQueries {
  Vectors rows;
  Vectors queries;
};

// The queries are of the same clusters, but not among the rows.
inline RowsAndQueries ClusteredRowsAndQueries(size_t rows, size_t queries,
                                              size_t dimension, uint64_t seed,
                                              size_t clusters = 30) {
  RowsAndQueries data;
  data.rows = ClusteredVectors(rows + queries, dimension, seed, clusters);
  const auto split = data.rows.begin() + static_cast<ptrdiff_t>(rows);
  data.queries.assign(split, data.rows.end());
  data.rows.erase(split, data.rows.end());
  return data;
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_CLUSTERED_DATA_H_
