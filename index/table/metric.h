// How two vectors are compared. Scores are always "higher is better".

#ifndef AKIN_INDEX_TABLE_METRIC_H_
#define AKIN_INDEX_TABLE_METRIC_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace akin {

enum class Metric : uint8_t {
  kCosine,  // score = cosine, in [-1, 1]
  kDot,     // score = inner product
  kL2,      // score = minus the squared Euclidean distance
};

inline absl::string_view MetricName(Metric metric) {
  switch (metric) {
    case Metric::kCosine:
      return "cosine";
    case Metric::kDot:
      return "dot";
    case Metric::kL2:
      return "l2";
  }
  return "unknown";
}

inline absl::StatusOr<Metric> ParseMetric(absl::string_view name) {
  if (name == "cosine") return Metric::kCosine;
  if (name == "dot") return Metric::kDot;
  if (name == "l2") return Metric::kL2;
  return absl::InvalidArgumentError(
      absl::StrCat("metric is \"", name, "\", expected cosine, dot or l2"));
}

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_METRIC_H_
