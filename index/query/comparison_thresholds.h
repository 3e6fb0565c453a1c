// What a comparison must not fall short of.

#ifndef AKIN_INDEX_QUERY_COMPARISON_THRESHOLDS_H_
#define AKIN_INDEX_QUERY_COMPARISON_THRESHOLDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "index/query/comparison.h"

namespace akin {

// Held against every pair of tables; absent ones are not asked for.
struct ComparisonThresholds {
  // Shares, 0..1.
  std::optional<double> min_overlap = std::nullopt;
  std::optional<double> min_rank_biased_overlap = std::nullopt;
  std::optional<double> min_recall = std::nullopt;      // of the version after
  std::optional<double> max_lost_share = std::nullopt;  // of the ids before
  // Of the scores, at least 0.
  std::optional<double> max_score_drift = std::nullopt;
  // At least 1; the ratio may be as little as 1 over it.
  std::optional<double> max_norm_ratio = std::nullopt;
  // After over before, more than 0.
  std::optional<double> max_p99_ratio = std::nullopt;
  std::optional<double> max_memory_ratio = std::nullopt;
};

// INVALID_ARGUMENT unless those that are there are finite and in range.
absl::Status CheckThresholds(const ComparisonThresholds& thresholds);

// A sentence for each that is broken: those about answers once a pair of
// tables, those about ids, lengths and memory once a table. What is not known
// is broken: answers of a pair without queries, and, as soon as any threshold
// is there, a table that is lost and versions that have no table in common.
std::vector<std::string> BrokenThresholds(
    const Comparison& comparison, const ComparisonThresholds& thresholds);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_COMPARISON_THRESHOLDS_H_
