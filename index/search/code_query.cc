#include "index/search/code_query.h"

#include <algorithm>
#include <cmath>

#include "index/base/status_macros.h"

namespace akin {

namespace {

// To the nearest whole number, for |x| < 2^22. Unlike std::nearbyint it is not
// a call, and compilers turn a loop of it into vectors.
int16_t RoundedValue(float x) {
  constexpr float kWholeFromHere = 3 << 22;
  return static_cast<int16_t>((x + kWholeFromHere) - kWholeFromHere);
}

}  // namespace

CodeRows RowsOf(const Codes& codes) {
  return {codes.data(), codes.stride(),
          codes.metric() == Metric::kL2 ? codes.stride() - sizeof(float) : 0};
}

absl::StatusOr<PageBuffer> CopyEntryCodes(const Codes& codes,
                                          const Entries& entries) {
  PageBuffer copy;
  AKIN_RETURN_IF_ERROR(copy.Reserve(
      (entries.leaders.size() + entries.rows.size()) * codes.stride()));
  auto* out = reinterpret_cast<int8_t*>(copy.data());
  for (const auto* rows : {&entries.leaders, &entries.rows}) {
    for (const uint32_t row : *rows) {
      out = std::copy_n(codes.Row(row), codes.stride(), out);
    }
  }
  return copy;
}

void PrepareCodeQuery(const Codes& codes, absl::Span<const float> vector,
                      CodeQuery* query) {
  constexpr float kMaxValue = 32767;
  constexpr double kMaxSum = 2147480000.0 / 127;  // times the largest code
  query->values.assign(codes.stride(), 0);
  const bool l2 = codes.metric() == Metric::kL2;
  float largest = 0;
  double sum = 0;
  double with_offsets = 0;  // inner product with the offsets
  double length = 0;        // squared
  for (size_t j = 0; j < vector.size(); ++j) {
    const float x = l2 ? vector[j] - codes.offsets()[j] : vector[j];
    const float weight = std::abs(x * codes.scales()[j]);
    largest = std::max(largest, weight);
    sum += weight;
    length += double{x} * x;
    with_offsets += double{x} * codes.offsets()[j];
  }
  // Products this small are all zero to float arithmetic anyway.
  constexpr float kLeast = 1e-30f;
  // A step so fine that the largest value fills 16 bits and no sum of products
  // overflows 32.
  const float steps =
      largest > kLeast
          ? std::min(kMaxValue / largest,
                     static_cast<float>((kMaxSum - vector.size()) / sum))
          : 0.0f;
  for (size_t j = 0; j < vector.size(); ++j) {
    const float x = l2 ? vector[j] - codes.offsets()[j] : vector[j];
    query->values[j] = RoundedValue(x * codes.scales()[j] * steps);
  }
  query->factor = steps > 0 ? 2 / steps : 0.0f;
  switch (codes.metric()) {
    case Metric::kL2:
      query->base = static_cast<float>(length);
      break;
    case Metric::kCosine:
      query->base = static_cast<float>(2 - 2 * with_offsets);
      break;
    case Metric::kDot:
      query->base = static_cast<float>(
          length + double{codes.longest()} * codes.longest() -
          2 * with_offsets);
      break;
  }
}

}  // namespace akin
