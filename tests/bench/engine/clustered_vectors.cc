#include "tests/bench/engine/clustered_vectors.h"

#include <algorithm>
#include <cmath>

#include "tests/bench/engine/seeded_random.h"

namespace akin::bench {
namespace {

// Streams of the generator: rows count up from 0.
constexpr uint64_t kCentreStream = uint64_t{1} << 62;
constexpr uint64_t kClusterStream = kCentreStream + 1;

// `count` random directions, each of length about 1.
std::vector<float> Directions(size_t count, size_t dimension,
                              SeededRandom* random) {
  const auto scale =
      static_cast<float>(1 / std::sqrt(static_cast<double>(dimension)));
  std::vector<float> out(count * dimension);
  for (float& value : out) value = random->Normal() * scale;
  return out;
}

// A factor around 1, log-normal.
float Spread(double deviation, SeededRandom* random) {
  return std::exp(static_cast<float>(deviation) * random->Normal());
}

void AddScaled(const float* direction, float factor, absl::Span<float> out) {
  for (size_t j = 0; j < out.size(); ++j) out[j] += factor * direction[j];
}

}  // namespace

ClusteredVectors::ClusteredVectors(const ClusterShape& shape) : shape_(shape) {
  SeededRandom random(shape.seed, kCentreStream);
  const std::vector<float> basis =
      Directions(shape.centre_dimensions, shape.dimension, &random);
  double sum = 0;
  shares_.reserve(shape.clusters);
  clusters_.reserve(shape.clusters);
  for (size_t c = 0; c < shape.clusters; ++c) {
    SeededRandom own(shape.seed, kClusterStream + c);
    sum += std::pow(static_cast<double>(c + 1), -shape.zipf);
    shares_.push_back(sum);
    Cluster cluster;
    cluster.centre.resize(shape.dimension);
    for (size_t i = 0; i < shape.centre_dimensions; ++i) {
      AddScaled(&basis[i * shape.dimension], own.Normal(),
                absl::MakeSpan(cluster.centre));
    }
    cluster.latent = shape.least_latent +
                     own.Below(shape.most_latent - shape.least_latent + 1);
    cluster.directions = Directions(cluster.latent, shape.dimension, &own);
    const double reach = shape.reach * Spread(shape.cluster_spread, &own);
    for (size_t i = 0; i < cluster.latent; ++i) {
      const auto factor = static_cast<float>(
          reach / std::sqrt(1 + static_cast<double>(i) * shape.decay));
      for (size_t j = 0; j < shape.dimension; ++j) {
        cluster.directions[i * shape.dimension + j] *= factor;
      }
    }
    clusters_.push_back(std::move(cluster));
  }
  for (double& share : shares_) share /= sum;
}

const ClusteredVectors::Cluster& ClusteredVectors::Pick(double uniform) const {
  const auto at = std::upper_bound(shares_.begin(), shares_.end(), uniform);
  const auto c = static_cast<size_t>(at - shares_.begin());
  return clusters_[std::min(c, clusters_.size() - 1)];
}

void ClusteredVectors::Write(uint64_t index, absl::Span<float> out) const {
  SeededRandom random(shape_.seed, index);
  const Cluster& cluster = Pick(random.Uniform());
  std::copy(cluster.centre.begin(), cluster.centre.end(), out.begin());
  const float stretch = Spread(shape_.row_spread, &random);
  for (size_t i = 0; i < cluster.latent; ++i) {
    AddScaled(&cluster.directions[i * shape_.dimension],
              stretch * random.Normal(), out);
  }
  const auto noise = static_cast<float>(
      shape_.noise / std::sqrt(static_cast<double>(shape_.dimension)));
  for (float& value : out) value += noise * random.NearlyNormal();
}

void ClusteredVectors::WriteCentre(uint64_t index,
                                   absl::Span<float> out) const {
  SeededRandom random(shape_.seed, index);
  const Cluster& cluster = Pick(random.Uniform());
  std::copy(cluster.centre.begin(), cluster.centre.end(), out.begin());
}

}  // namespace akin::bench
