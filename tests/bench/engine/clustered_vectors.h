// A seeded source of vectors that are as hard to search as trained ones.
//
// A mixture of many overlapping clusters of very different sizes. Each has few
// latent dimensions of its own; the centres lie in a common space of few
// dimensions; some clusters, and some rows, reach further out than others; and
// every component has a little noise. What it comes to (contrast, local
// intrinsic dimension) is measured by difficulty.h and stands beside GloVe's in
// every report; the shape below was chosen to come near to it at a million
// rows.

#ifndef AKIN_TESTS_BENCH_ENGINE_CLUSTERED_VECTORS_H_
#define AKIN_TESTS_BENCH_ENGINE_CLUSTERED_VECTORS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace akin::bench {

struct ClusterShape {
  size_t dimension = 128;
  size_t clusters = 1000;
  // Of the space that the centres lie in.
  size_t centre_dimensions = 24;
  // A cluster has between least and most latent dimensions.
  size_t least_latent = 20;
  size_t most_latent = 44;
  // How far a cluster reaches along its first latent dimension, when centres
  // reach 1 in each of theirs; the i-th reaches 1 / sqrt(1 + i * decay) of it.
  double reach = 1.0;
  double decay = 0.05;
  // Clusters differ in reach, and rows in how far out they lie: by factors
  // whose logarithms have these deviations.
  double cluster_spread = 0.25;
  double row_spread = 0.2;
  // The length of the noise.
  double noise = 0.2;
  // The c-th largest cluster holds a share that falls as c^-zipf.
  double zipf = 0.8;
  uint64_t seed = 1;
};

// Immutable, so thread-safe.
class ClusteredVectors {
 public:
  explicit ClusteredVectors(const ClusterShape& shape);

  size_t dimension() const { return shape_.dimension; }

  // Writes vector number `index`: the same for the same shape and index, and
  // independent of all others, so a smaller table is the beginning of a larger
  // one. `out` has `dimension` floats.
  void Write(uint64_t index, absl::Span<float> out) const;

  // Writes the centre of the cluster that vector number `index` is of.
  void WriteCentre(uint64_t index, absl::Span<float> out) const;

 private:
  struct Cluster {
    std::vector<float> centre;
    size_t latent;
    std::vector<float> directions;  // latent x dimension
  };

  const Cluster& Pick(double uniform) const;

  const ClusterShape shape_;
  std::vector<double> shares_;  // summed up
  std::vector<Cluster> clusters_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_CLUSTERED_VECTORS_H_
