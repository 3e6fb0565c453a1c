#include "index/build/index_choice.h"

#include <algorithm>

#include "index/search/searcher.h"

namespace akin {
namespace {

constexpr size_t kUsualK = 10;

// A walk on easy data at recall@10 0.95: what it takes before its first step,
// with how many rows it compares, and how much more a row costs that lies
// anywhere than one that follows the last.
constexpr double kWalkStartMicroseconds = 2;
constexpr double kWalkRows = 300;
constexpr double kCostAnywhere = 2;

}  // namespace

bool GraphMayPay(double exact_microseconds, size_t rows) {
  if (rows == 0) return false;
  const double per_row = exact_microseconds / static_cast<double>(rows);
  const double walk =
      kWalkStartMicroseconds + kWalkRows * kCostAnywhere * per_row;
  return walk < exact_microseconds;
}

std::optional<UsualSearch> UsualSearchFor(const Calibration& calibration,
                                          absl::string_view query_table) {
  const RecallCurve* nearest = nullptr;
  for (const RecallCurve& curve : calibration.curves()) {
    if (curve.query_table == query_table && curve.k <= kUsualK &&
        (nearest == nullptr || curve.k > nearest->k)) {
      nearest = &curve;
    }
  }
  if (nearest == nullptr) return std::nullopt;
  const Calibration curves(calibration.curves(), 0);
  const auto effort =
      curves.EffortFor(kDefaultTargetRecall, kUsualK, query_table);
  if (effort.has_value()) {
    if (const auto point = curves.Expect(*effort, kUsualK, query_table)) {
      return UsualSearch{point->recall, point->microseconds, true,
                         point->distances};
    }
  }
  const RecallPoint& most = nearest->points.back();
  return UsualSearch{most.recall, most.microseconds, false, most.distances};
}

bool GraphPays(const Calibration& calibration) {
  const auto& curves = calibration.curves();
  return std::any_of(
      curves.begin(), curves.end(), [&](const RecallCurve& curve) {
        return calibration
            .EffortFor(kDefaultTargetRecall, kUsualK, curve.query_table)
            .has_value();
      });
}

}  // namespace akin
