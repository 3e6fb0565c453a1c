#include "tests/bench/engine/factorise.h"

#include <cmath>

#include "absl/types/span.h"
#include "tests/bench/engine/seeded_random.h"

namespace akin::bench {
namespace {

using Lists = std::vector<std::vector<uint32_t>>;

constexpr size_t kGradientSteps = 3;

float Dot(const float* a, const float* b, size_t n) {
  float sum = 0;
  for (size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void AddScaled(float factor, const float* x, float* y, size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

Lists Transpose(const Lists& lists, size_t count) {
  Lists out(count);
  for (size_t i = 0; i < lists.size(); ++i) {
    for (const uint32_t other : lists[i]) {
      out[other].push_back(static_cast<uint32_t>(i));
    }
  }
  return out;
}

// Y^T Y + regularisation on the diagonal.
std::vector<float> Gram(absl::Span<const float> factors, size_t d,
                        float regularisation) {
  std::vector<float> gram(d * d);
  for (size_t row = 0; row < factors.size() / d; ++row) {
    const float* y = &factors[row * d];
    for (size_t i = 0; i < d; ++i) AddScaled(y[i], y, &gram[i * d], d);
  }
  for (size_t i = 0; i < d; ++i) gram[i * d + i] += regularisation;
  return gram;
}

// One side of the factorisation while the other stands still.
class HalfRound {
 public:
  HalfRound(const FactoriseOptions& options, absl::Span<const float> others)
      : d_(options.dimension),
        confidence_(options.confidence),
        others_(others),
        gram_(Gram(others, options.dimension, options.regularisation)) {}

  // Moves `x`, the factors of one user, towards the best for `used`.
  void Solve(const std::vector<uint32_t>& used, float* x) const {
    // The residual b - A x, with A = gram + (confidence - 1) * sum of y y^T and
    // b = confidence * sum of y, over the items used.
    std::vector<float> residual(d_);
    std::vector<float> product(d_);
    Multiply(used, x, product.data());
    for (const uint32_t item : used) {
      AddScaled(confidence_, Other(item), residual.data(), d_);
    }
    AddScaled(-1, product.data(), residual.data(), d_);
    std::vector<float> step = residual;
    float length = Dot(residual.data(), residual.data(), d_);
    for (size_t i = 0; i < kGradientSteps && length > 1e-12f; ++i) {
      Multiply(used, step.data(), product.data());
      const float alpha = length / Dot(step.data(), product.data(), d_);
      AddScaled(alpha, step.data(), x, d_);
      AddScaled(-alpha, product.data(), residual.data(), d_);
      const float next = Dot(residual.data(), residual.data(), d_);
      for (size_t j = 0; j < d_; ++j) {
        step[j] = residual[j] + next / length * step[j];
      }
      length = next;
    }
  }

 private:
  const float* Other(uint32_t i) const { return &others_[size_t{i} * d_]; }

  // out = A v.
  void Multiply(const std::vector<uint32_t>& used, const float* v,
                float* out) const {
    for (size_t i = 0; i < d_; ++i) out[i] = Dot(&gram_[i * d_], v, d_);
    for (const uint32_t item : used) {
      AddScaled((confidence_ - 1) * Dot(Other(item), v, d_), Other(item), out,
                d_);
    }
  }

  const size_t d_;
  const float confidence_;
  const absl::Span<const float> others_;
  const std::vector<float> gram_;
};

void Improve(const Lists& used, absl::Span<const float> others,
             const FactoriseOptions& options, WorkerPool* pool,
             std::vector<float>* factors) {
  const HalfRound half(options, others);
  pool->ParallelFor(used.size(), [&](size_t i) {
    half.Solve(used[i], &(*factors)[i * options.dimension]);
  });
}

std::vector<float> SmallRandom(size_t count, SeededRandom* random) {
  std::vector<float> out(count);
  for (float& value : out) value = random->Normal() * 0.01f;
  return out;
}

}  // namespace

Factors Factorise(const Lists& items_of, size_t items,
                  const FactoriseOptions& options, WorkerPool* pool) {
  const Lists users_of = Transpose(items_of, items);
  SeededRandom random(options.seed);
  Factors factors;
  factors.users = SmallRandom(items_of.size() * options.dimension, &random);
  factors.items = SmallRandom(items * options.dimension, &random);
  for (size_t round = 0; round < options.rounds; ++round) {
    Improve(items_of, factors.items, options, pool, &factors.users);
    Improve(users_of, factors.users, options, pool, &factors.items);
  }
  return factors;
}

}  // namespace akin::bench
