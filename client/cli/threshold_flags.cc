#include "client/cli/threshold_flags.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "client/cli/arguments.h"

namespace akin::client {
namespace {

constexpr double kMost = std::numeric_limits<double>::max();
constexpr NumberRange kNotNegative = {0, kMost, "of at least 0"};
constexpr NumberRange kAtLeastOne = {1, kMost, "of at least 1"};
constexpr NumberRange kPositive = {std::numeric_limits<double>::denorm_min(),
                                   kMost, "of more than 0"};

// Everything about a threshold stands here, once.
struct Threshold {
  const char* flag;
  const char* help;
  NumberRange range;  // as the server has it
  std::optional<double> ThresholdFlags::*value;
  void (v1::ComparisonThresholds::*set)(double);
};

constexpr Threshold kThresholds[] = {
    {"--min-overlap", "share of the same ids in both answers", kShareRange,
     &ThresholdFlags::min_overlap, &v1::ComparisonThresholds::set_min_overlap},
    {"--min-rbo", "the same, where the first ranks count most", kShareRange,
     &ThresholdFlags::min_rank_biased_overlap,
     &v1::ComparisonThresholds::set_min_rank_biased_overlap},
    {"--min-recall", "of the version after, against its exact search",
     kShareRange, &ThresholdFlags::min_recall,
     &v1::ComparisonThresholds::set_min_recall},
    {"--max-lost", "share of the ids that only the version before has",
     kShareRange, &ThresholdFlags::max_lost_share,
     &v1::ComparisonThresholds::set_max_lost_share},
    {"--max-score-drift", "of the first neighbour's score", kNotNegative,
     &ThresholdFlags::max_score_drift,
     &v1::ComparisonThresholds::set_max_score_drift},
    {"--max-norm-ratio", "of vector lengths, after over before", kAtLeastOne,
     &ThresholdFlags::max_norm_ratio,
     &v1::ComparisonThresholds::set_max_norm_ratio},
    {"--max-p99-ratio", "of latency, after over before", kPositive,
     &ThresholdFlags::max_p99_ratio,
     &v1::ComparisonThresholds::set_max_p99_ratio},
    {"--max-memory-ratio", "after over before", kPositive,
     &ThresholdFlags::max_memory_ratio,
     &v1::ComparisonThresholds::set_max_memory_ratio},
};

}  // namespace

bool ThresholdFlags::any() const {
  for (const Threshold& threshold : kThresholds) {
    if ((this->*threshold.value).has_value()) return true;
  }
  return false;
}

void AddThresholdFlags(CLI::App& app, ThresholdFlags* flags) {
  for (const Threshold& threshold : kThresholds) {
    AddNumber(app, {threshold.flag, "X", threshold.help, "Thresholds"},
              threshold.range, &(flags->*threshold.value));
  }
}

void FillThresholds(const ThresholdFlags& flags,
                    v1::ComparisonThresholds* thresholds) {
  for (const Threshold& threshold : kThresholds) {
    const std::optional<double>& value = flags.*threshold.value;
    if (value.has_value()) (thresholds->*threshold.set)(*value);
  }
}

}  // namespace akin::client
