#include "tests/bench/statistics.h"

#include <algorithm>
#include <random>
#include <utility>

#include "index/base/status_macros.h"

namespace akin::bench {
namespace {

constexpr size_t kResamples = 10'000;

}  // namespace

double Median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

float Percentile(std::vector<float>* values, double share) {
  std::sort(values->begin(), values->end());
  const auto at =
      static_cast<size_t>(share * static_cast<double>(values->size()));
  return (*values)[std::min(at, values->size() - 1)];
}

Estimate EstimateMedian(absl::Span<const double> values) {
  std::mt19937 random(1);
  std::uniform_int_distribution<size_t> pick(0, values.size() - 1);
  std::vector<double> medians(kResamples);
  std::vector<double> resample(values.size());
  for (double& median : medians) {
    for (double& value : resample) value = values[pick(random)];
    median = Median(resample);
  }
  std::sort(medians.begin(), medians.end());
  return {Median({values.begin(), values.end()}), medians[kResamples / 40],
          medians[kResamples - 1 - kResamples / 40]};
}

absl::Status RunInPairs(size_t pairs, const std::function<absl::Status()>& a,
                        const std::function<absl::Status()>& b) {
  for (size_t pair = 0; pair < pairs; ++pair) {
    const bool a_first = pair % 2 == 0;
    AKIN_RETURN_IF_ERROR((a_first ? a : b)());
    AKIN_RETURN_IF_ERROR((a_first ? b : a)());
  }
  return absl::OkStatus();
}

}  // namespace akin::bench
