#include "tests/bench/engine/factor_vectors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/bench/engine/seeded_random.h"

namespace akin::bench {
namespace {

// Streams of lengths and of users, beside the directions' own.
constexpr uint64_t kLengthStream = uint64_t{1} << 60;
constexpr uint64_t kUserStream = uint64_t{1} << 61;

ClusterShape DirectionShape(const FactorShape& shape) {
  ClusterShape out;
  out.dimension = shape.dimension;
  out.seed = shape.seed;
  return out;
}

void Scale(float length, absl::Span<float> values) {
  double sum = 0;
  for (const float value : values) sum += double{value} * value;
  const auto factor = static_cast<float>(length / std::sqrt(sum));
  for (float& value : values) value *= factor;
}

}  // namespace

FactorVectors::FactorVectors(const FactorShape& shape)
    : shape_(shape), directions_(DirectionShape(shape)) {}

void FactorVectors::WriteItem(uint64_t index, absl::Span<float> out) const {
  SeededRandom random(shape_.seed, kLengthStream + index);
  directions_.Write(index, out);
  const double deviations = std::clamp(
      double{random.Normal()}, -shape_.most_deviations, shape_.most_deviations);
  Scale(std::exp(static_cast<float>(shape_.length_spread * deviations)), out);
}

void FactorVectors::WriteUser(uint64_t index, absl::Span<float> out) const {
  SeededRandom random(shape_.seed, kUserStream + index);
  std::fill(out.begin(), out.end(), 0.0f);
  std::vector<float> taste(shape_.dimension);
  for (size_t i = 0; i < shape_.tastes; ++i) {
    directions_.WriteCentre(random.Next() >> 8, absl::MakeSpan(taste));
    Scale(static_cast<float>(random.Uniform()), absl::MakeSpan(taste));
    for (size_t j = 0; j < out.size(); ++j) out[j] += taste[j];
  }
  Scale(1, out);
  const auto own = static_cast<float>(
      shape_.own / std::sqrt(static_cast<double>(shape_.dimension)));
  for (float& value : out) value += own * random.Normal();
}

}  // namespace akin::bench
