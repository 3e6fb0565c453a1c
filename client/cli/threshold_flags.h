// What a comparison must not fall short of, as it is typed.
#ifndef AKIN_CLIENT_CLI_THRESHOLD_FLAGS_H_
#define AKIN_CLIENT_CLI_THRESHOLD_FLAGS_H_

#include <optional>

#include "akin/v1/comparison.pb.h"

namespace CLI {
class App;
}

namespace akin::client {

struct ThresholdFlags {
  std::optional<double> min_overlap;
  std::optional<double> min_rank_biased_overlap;
  std::optional<double> min_recall;
  std::optional<double> max_lost_share;
  std::optional<double> max_score_drift;
  std::optional<double> max_norm_ratio;
  std::optional<double> max_p99_ratio;
  std::optional<double> max_memory_ratio;

  bool any() const;
};

// `flags` has to outlive `app`.
void AddThresholdFlags(CLI::App& app, ThresholdFlags* flags);

void FillThresholds(const ThresholdFlags& flags,
                    v1::ComparisonThresholds* thresholds);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_THRESHOLD_FLAGS_H_
