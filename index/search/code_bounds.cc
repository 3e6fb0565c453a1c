#include "index/search/code_bounds.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "index/search/code_query.h"

// The derivation
// --------------
// A row x was coded as c: with offsets o and scales s, y = s * c (by component)
// is what the code says of x - o, and E = |x - o - y| is stored with it. A
// query q became whole numbers v with q[j] s[j] = f v[j] + r[j], where f is the
// step of the 16-bit query and r[j] what rounding lost; it is computed here,
// not assumed. Let P = sum of v[j] c[j], exact in 32 bits, and u = 2^-24.
//
// Inner products (cosine, dot). In real numbers
//   q.x = q.o + q.y + q.(x - o - y)
//       = q.o + f P + sum of r[j] c[j] + q.(x - o - y).
// As |c[j]| <= 127 the third term is at most 127 sum |r[j]|; by Cauchy and
// Schwarz the fourth is at most |q| E. The kernel's score
// differs from q.x by at most g |q| |x|, where g = KernelRounding(dimension).
// So
//   |score - (q.o + f P)| <= |q| E + slack,
//   slack = 127 sum |r[j]| + g |q| X + a few u (|q.o| + f 127 sum |v[j]| + |q|
//   X)
// with X the longest row. The last part is for the float arithmetic of the
// test, whose operands are no larger; the rounding of |q| E there is covered by
// making |q| larger by kSpare.
//
// Squared distances (l2). Let p = q - o, and r[j], v[j] those of p instead of
// q. D = |q - x| and D' = |p - y| differ by at most E (triangle inequality),
// and
//   D'^2 = |p|^2 + |y|^2 - 2 p.y,    p.y = f P + sum of r[j] c[j],
// so with L, the stored |y|^2 (rounded once; at most Y = sum (127 s[j])^2),
//   |D'^2 - (|p|^2 + L - 2 f P)| <= slack,
//   slack = 2 * 127 sum |r[j]| + a few u (|p|^2 + Y + 2 f 127 sum |v[j]|).
// The kernel's squared distance is D^2 (1 +- g): its terms are all positive.
// Hence it lies between (D' - E)^2 (1 - g), or 0 if E > D', and (D' + E)^2 (1 +
// g). A row can be as near as U only if (D' - E)^2 (1 - g) <= U or E > D', that
// is
//   D' <= t + E,  t = sqrt(U / (1 - g)),
//   D'^2 <= t^2 + 2 t E + E^2,
//   2 f P + 2 t E + (E^2 - L) >= |p|^2 - t^2 - slack,
// which is the test: weight 2 t, shift E^2 - L. Made larger by kSpare, 2 t and
// E^2 cover their own rounding.
//
// Where the decoded codes are scored in place of the vectors, x is the float
// vector that Codes::Decode gives. Then E is the rounding of o + s c, at most
// 2 u (|o[j]| + 127 s[j]) in each component, for all rows alike.

namespace akin {
namespace {

constexpr double kMaxCode = 127;
constexpr double kSpare = 1e-5;
constexpr double kRoundings = 8 * kFloatRounding;
// Between these, float arithmetic neither overflows nor underflows in a way
// that matters beside the slack.
constexpr double kLeastMagnitude = 1e-30;
constexpr double kMostMagnitude = 1e36;

bool Usable(double magnitude) {
  return magnitude > kLeastMagnitude && magnitude < kMostMagnitude;
}

float DecodedError(const Codes& codes) {
  double sum = 0;
  for (size_t j = 0; j < codes.dimension(); ++j) {
    const double lost =
        2 * kFloatRounding *
        (std::abs(double{codes.offsets()[j]}) + kMaxCode * codes.scales()[j]);
    sum += lost * lost;
  }
  return RoundedUp(std::sqrt(sum));
}

// As Codes::SquaredLength, inlined.
float LengthOf(const Codes& codes, size_t row) {
  float length;
  std::memcpy(&length, codes.Row(row) + codes.stride() - sizeof(float),
              sizeof(float));
  return length;
}

}  // namespace

struct CodeBounds::Sums {
  double lost = 0;          // |r[j]|
  double values = 0;        // f |v[j]|
  double length = 0;        // p[j]^2, or q[j]^2 for inner products
  double with_offsets = 0;  // q[j] o[j]
  double offsets = 0;       // o[j]^2
  double reach = 0;         // (127 s[j])^2
};

bool CodeBounds::Prepare(const Codes& codes, absl::Span<const float> query,
                         Scored scored) {
  codes_ = &codes;
  scored_ = scored;
  l2_ = codes.metric() == Metric::kL2;
  PrepareCodeQuery(codes, query, &query_);
  decoded_error_ = scored == Scored::kDecoded ? DecodedError(codes) : 0.0f;
  rounding_ = KernelRounding(query.size());

  const double step = double{query_.factor} / 2;
  Sums sums;
  for (size_t j = 0; j < query.size(); ++j) {
    const double offset = codes.offsets()[j];
    const double scale = codes.scales()[j];
    const double x = l2_ ? query[j] - offset : double{query[j]};
    const double value = step * query_.values[j];
    sums.lost += std::abs(x * scale - value);
    sums.values += std::abs(value);
    sums.length += x * x;
    sums.with_offsets += query[j] * offset;
    sums.offsets += offset * offset;
    sums.reach += kMaxCode * scale * kMaxCode * scale;
  }
  return l2_ ? PrepareDistance(sums) : PrepareInnerProduct(sums, scored);
}

bool CodeBounds::PrepareInnerProduct(const Sums& sums, Scored scored) {
  // Rows have length 1 under cosine up to rounding.
  const double longest =
      scored == Scored::kVectors
          ? 1.01 * codes_->longest()
          : 1.01 * (std::sqrt(sums.offsets) + std::sqrt(sums.reach));
  const double reach = std::sqrt(sums.length) * longest;
  const double magnitude =
      std::abs(sums.with_offsets) + kMaxCode * sums.values + reach;
  factor_ = query_.factor / 2;
  base_ = sums.with_offsets;
  weight_ = std::sqrt(sums.length) * (1 + kSpare);
  slack_ = (1 + kSpare) * kMaxCode * sums.lost + rounding_ * reach +
           kRoundings * magnitude + kFloatUnderflow;
  return Usable(magnitude);
}

bool CodeBounds::PrepareDistance(const Sums& sums) {
  const double magnitude =
      sums.length + sums.reach + 2 * kMaxCode * sums.values;
  factor_ = query_.factor;
  base_ = sums.length;
  slack_ = 2 * (1 + kSpare) * kMaxCode * sums.lost + kRoundings * magnitude +
           kFloatUnderflow;
  return Usable(magnitude);
}

PassTest CodeBounds::TestFor(float threshold) const {
  if (threshold == kNoThreshold) return {factor_, 0, kNoThreshold};
  if (!l2_) {
    return {factor_, RoundedUp(weight_),
            RoundedDown(threshold - base_ - slack_)};
  }
  const double farthest = std::max(0.0, -double{threshold}) + kFloatUnderflow;
  const double nearer = farthest / (1 - rounding_) * (1 + 1e-9);
  return {factor_, RoundedUp(2 * std::sqrt(nearer) * (1 + kSpare)),
          RoundedDown(base_ - nearer - slack_)};
}

ScoreRange CodeBounds::Range(size_t row, int32_t product) const {
  const double error =
      scored_ == Scored::kDecoded ? decoded_error_ : codes_->Error(row);
  const double rough = double{factor_} * product;
  if (!l2_) {
    const double off = weight_ * error + slack_;
    return {RoundedDown(base_ + rough - off), RoundedUp(base_ + rough + off)};
  }
  const double squared = base_ + codes_->SquaredLength(row) - rough;
  const double nearest =
      std::max(0.0, std::sqrt(std::max(0.0, squared - slack_)) - error);
  const double farthest = std::sqrt(std::max(0.0, squared + slack_)) + error;
  return {RoundedDown(-farthest * farthest * (1 + rounding_) - kFloatUnderflow),
          RoundedUp(-nearest * nearest * (1 - rounding_) + kFloatUnderflow)};
}

void CodeTerms::Prepare(const Codes& codes, Scored scored) {
  codes_ = &codes;
  decoded_ = scored == Scored::kDecoded;
  if (decoded_) decoded_error_ = DecodedError(codes);
  shifts_.assign(shifts_.size(), 0);  // and so they stay but under l2
}

RowTerms CodeTerms::OfRange(size_t begin, size_t count) {
  if (codes_->metric() != Metric::kL2 && !decoded_) {
    if (shifts_.size() < count) shifts_.resize(count);
    return {codes_->errors().data() + begin, shifts_.data()};
  }
  return Fill(count, [begin](size_t i) { return begin + i; });
}

RowTerms CodeTerms::OfList(absl::Span<const uint32_t> rows) {
  return Fill(rows.size(), [rows](size_t i) { return rows[i]; });
}

template <class RowAt>
RowTerms CodeTerms::Fill(size_t count, const RowAt& row_at) {
  if (shifts_.size() < count) shifts_.resize(count);
  if (errors_.size() < count) errors_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    errors_[i] = decoded_ ? decoded_error_ : codes_->Error(row_at(i));
  }
  if (codes_->metric() == Metric::kL2) {
    constexpr float kLarger = 1 + static_cast<float>(kSpare);
    for (size_t i = 0; i < count; ++i) {
      shifts_[i] =
          errors_[i] * errors_[i] * kLarger - LengthOf(*codes_, row_at(i));
    }
  }
  return {errors_.data(), shifts_.data()};
}

}  // namespace akin
