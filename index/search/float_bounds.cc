#include "index/search/float_bounds.h"

#include <cmath>

#include "index/kernels/distances.h"

// The derivation
// --------------
// Let P be the tile kernel's inner product of the query q and the row x, u =
// 2^-24 and g = KernelRounding(dimension). P and, under inner products, the
// score are both within g |q| |x| of q.x, so they are within 2 g |q| |x| of
// each other: error |x|, weight (2 g + a few u) |q|, where the few u are for
// the arithmetic of the test.
//
// Under l2 let N be the float kernel's |x|^2, within a factor 1 +- g. Then
//   |q - x|^2 = |q|^2 + |x|^2 - 2 q.x
// is within g N + 2 g |q| |x| <= 2 g (|q|^2 + N), to first order, of |q|^2 + N
// - 2 P, and the kernel's squared distance within g |q - x|^2 <= 2 g (|q|^2 +
// |x|^2) of the true one. Together they are less than h (|q|^2 + N) apart, h =
// 5 g
// + some u. So a row can be as near as U only if
//   |q|^2 + N - 2 P - h (|q|^2 + N) <= U,
//   2 P - (1 - h) N >= (1 - h) |q|^2 - U.
// The shift is -(1 - h) N.

namespace akin {
namespace {

// Rows have length 1 under cosine up to rounding.
constexpr float kUnitLength = 1.01f;
// Squares of components may underflow; the length lost by it is less.
constexpr float kLostLength = 2e-17f;
constexpr double kSpare = 1e-5;

double DistanceRounding(size_t dimension) {
  return 5 * KernelRounding(dimension) + 32 * kFloatRounding;
}

}  // namespace

void FloatBounds::Prepare(Metric metric, absl::Span<const float> query) {
  query_ = query;
  l2_ = metric == Metric::kL2;
  squared_length_ = 0;
  for (const float x : query) squared_length_ += double{x} * x;
  weight_ = (2 * KernelRounding(query.size()) + 8 * kFloatRounding) *
            std::sqrt(squared_length_) * (1 + kSpare);
  rounding_ = DistanceRounding(query.size());
}

PassTest FloatBounds::TestFor(float threshold) const {
  const float factor = l2_ ? 2.0f : 1.0f;
  if (threshold == kNoThreshold) return {factor, 0, kNoThreshold};
  if (l2_) {
    return {factor, 0,
            RoundedDown((1 - rounding_) * squared_length_ + threshold -
                        kFloatUnderflow)};
  }
  return {factor, RoundedUp(weight_), RoundedDown(threshold - kFloatUnderflow)};
}

ScoreRange FloatBounds::Range(float error, float shift, float product) const {
  if (!l2_) {
    const double off = weight_ * error + kFloatUnderflow;
    return {RoundedDown(product - off), RoundedUp(product + off)};
  }
  const double row = -shift / (1 - rounding_);
  const double distance = squared_length_ + row - 2 * double{product};
  const double off = rounding_ * (squared_length_ + row) + kFloatUnderflow;
  return {RoundedDown(-distance - off), RoundedUp(-distance + off)};
}

void FloatTerms::Prepare(Metric metric, size_t dimension) {
  metric_ = metric;
  dimension_ = dimension;
  // Zero under inner products, and so the errors under l2.
  shifts_.assign(shifts_.size(), 0);
  errors_.assign(errors_.size(), metric == Metric::kCosine ? kUnitLength : 0);
}

RowTerms FloatTerms::OfBlock(const float* rows, size_t count) {
  if (errors_.size() < count) {
    errors_.resize(count, metric_ == Metric::kCosine ? kUnitLength : 0);
    shifts_.resize(count);
  }
  if (metric_ == Metric::kCosine) return {errors_.data(), shifts_.data()};
  const Kernels& kernels = ActiveKernels();
  const auto kept = static_cast<float>(1 - DistanceRounding(dimension_));
  const auto longer = static_cast<float>(1 + 2 * KernelRounding(dimension_));
  for (size_t i = 0; i < count; ++i) {
    const float* row = rows + i * dimension_;
    const float squared = kernels.dot(row, row, dimension_);
    if (metric_ == Metric::kL2) {
      shifts_[i] = -kept * squared;
    } else {
      errors_[i] = std::sqrt(squared) * longer + kLostLength;
    }
  }
  return {errors_.data(), shifts_.data()};
}

}  // namespace akin
