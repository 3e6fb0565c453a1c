#include "index/search/row_query.h"

#include <algorithm>
#include <cmath>

namespace akin {

RowQueries::RowQueries(const Codes& codes)
    : codes_(codes), weights_(codes.stride(), 0), shifts_(codes.stride(), 0) {
  constexpr double kMaxCode = 127;
  constexpr double kMaxValue = 32766;
  constexpr double kMaxSum = 2147480000.0;
  constexpr double kLeast = 1e-30;  // products this small are 0 to a float
  const bool l2 = codes.metric() == Metric::kL2;
  const size_t dimension = codes.dimension();
  double largest = 0;
  double sum = 0;
  double offsets = 0;
  for (size_t j = 0; j < dimension; ++j) {
    const double scale = codes.scales()[j];
    const double offset = l2 ? 0 : codes.offsets()[j];
    const double value = std::abs(offset * scale) + scale * scale * kMaxCode;
    largest = std::max(largest, value);
    sum += value * kMaxCode;
    offsets += offset * offset;
  }
  const double steps =
      largest > kLeast
          ? std::min(
                kMaxValue / largest,
                (kMaxSum - kMaxCode * static_cast<double>(dimension)) / sum)
          : 0;
  for (size_t j = 0; j < dimension; ++j) {
    const double scale = codes.scales()[j];
    const double offset = l2 ? 0 : codes.offsets()[j];
    weights_[j] = static_cast<float>(steps * scale * scale);
    shifts_[j] = static_cast<float>(steps * scale * offset);
  }
  factor_ = steps > 0 ? static_cast<float>(2 / steps) : 0.0f;
  const double longest = codes.longest();
  base_ = l2 ? 0.0f : static_cast<float>(2 * (longest * longest - offsets));
}

void RowQueries::Prepare(size_t row, CodeQuery* query) const {
  query->values.resize(codes_.stride());
  query->factor = factor_;
  const float with_shifts = ActiveCodeKernels().row_values(
      codes_.Row(row), weights_.data(), shifts_.data(), codes_.stride(),
      query->values.data());
  // Twice the inner product with the offsets, which no code holds.
  query->base = base_ - factor_ * with_shifts + codes_.SquaredLength(row);
}

}  // namespace akin
