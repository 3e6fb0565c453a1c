// Requests with a bit of everything, drawn from a seed.

#ifndef AKIN_TESTS_INDEX_QUERY_RANDOM_REQUESTS_H_
#define AKIN_TESTS_INDEX_QUERY_RANDOM_REQUESTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <variant>
#include <vector>

#include "tests/index/query/asked_version.h"

namespace akin {

// Draws requests. What views look at lives as long as it does.
class RandomRequests {
 public:
  RandomRequests(const Table& table, uint32_t seed)
      : table_(table), random_(seed) {}

  size_t Below(size_t end) { return random_() % end; }
  bool Chance(double p) { return Share() < p; }
  float Share() { return static_cast<float>(random_() % 1000) / 1000.0f; }

  Operand AnyOperand() {
    if (Chance(0.3)) {
      std::normal_distribution<float> normal;
      auto& vector = vectors_.emplace_back(
          std::make_unique<std::vector<float>>(table_.dimension()));
      for (float& x : *vector) x = normal(random_);
      return absl::MakeConstSpan(*vector);
    }
    return ItemRef{
        "", table_.ids().Id(static_cast<uint32_t>(Below(table_.rows())))};
  }

  Query AnyPart() {
    if (Chance(0.4)) {
      return std::visit([](const auto& operand) { return Query(operand); },
                        AnyOperand());
    }
    Combination combination;
    const size_t methods = table_.metric() == Metric::kCosine ? 3 : 2;
    const CombinationMethod all[] = {CombinationMethod::kAdd,
                                     CombinationMethod::kMean,
                                     CombinationMethod::kMul};
    combination.method = all[Below(methods)];
    combination.keep_inputs = Chance(0.3);
    for (size_t i = 0; i <= Below(3); ++i) {
      combination.plus.push_back({AnyOperand(), 0.2f + Share()});
    }
    if (Chance(0.5)) combination.minus.push_back({AnyOperand(), Share()});
    return combination;
  }

  Fusion AnyFusion() {
    Fusion fusion;
    fusion.method = Chance(0.5) ? FusionMethod::kReciprocalRank
                                : FusionMethod::kWeightedScore;
    fusion.rank_constant = Chance(0.5) ? 60.0f : 1.0f + 9 * Share();
    if (Chance(0.5)) fusion.depth = static_cast<uint32_t>(1 + Below(30));
    for (size_t i = 0; i <= Below(4); ++i) {
      fusion.parts.push_back({AnyPart(), 0.1f + Share()});
    }
    return fusion;
  }

  SearchOptions AnyOptions() {
    SearchOptions options;
    options.k = static_cast<uint32_t>(1 + Below(15));
    if (Chance(0.2)) options.min_score = 0.02f * Share();
    if (Chance(0.4)) {
      options.group_by = Grouping{"g", static_cast<uint32_t>(1 + Below(2))};
    }
    if (Chance(0.4)) {
      options.diversity =
          Diversity{Share(), static_cast<uint32_t>(Below(2) * Below(40))};
    }
    return options;
  }

  HandMadeRules AnyRules() {
    HandMadeRules rules;
    if (Chance(0.5)) {
      rules.matching.emplace();
      const double share = Share();
      for (uint32_t row = 0; row < table_.rows(); ++row) {
        if (Chance(share)) rules.matching->push_back(row);
      }
    }
    const double share = Chance(0.5) ? 0 : 0.5 * Share();
    for (uint32_t row = 0; row < table_.rows(); ++row) {
      if (Chance(share)) rules.excluded.push_back(row);
    }
    const size_t groups = 1 + Below(12);
    rules.group = [groups](uint32_t row) {
      return row % 7 == 0 ? kNoGroup : static_cast<uint32_t>(row % groups);
    };
    return rules;
  }

 private:
  const Table& table_;
  std::mt19937 random_;
  std::vector<std::unique_ptr<std::vector<float>>> vectors_;
};

}  // namespace akin

#endif  // AKIN_TESTS_INDEX_QUERY_RANDOM_REQUESTS_H_
