#include "client/cli/correlation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>

namespace akin::client {
namespace {

double MeanOf(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) /
         static_cast<double>(numbers.size());
}

bool AllEqual(const std::vector<double>& numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(),
                            std::not_equal_to<>()) == numbers.end();
}

// From 1. Equal numbers share the mean of the ranks that they take up.
std::vector<double> RanksOf(const std::vector<double>& numbers) {
  std::vector<size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return numbers[a] < numbers[b]; });
  std::vector<double> ranks(numbers.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    while (end < order.size() && numbers[order[end]] == numbers[order[begin]]) {
      ++end;
    }
    const double shared = static_cast<double>(begin + 1 + end) / 2;
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = shared;
    begin = end;
  }
  return ranks;
}

}  // namespace

double PearsonCorrelation(const std::vector<double>& a,
                          const std::vector<double>& b) {
  // Rounding may leave equal numbers a little off their mean.
  if (a.size() < 2 || AllEqual(a) || AllEqual(b)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double mean_a = MeanOf(a);
  const double mean_b = MeanOf(b);
  double both = 0;
  double of_a = 0;
  double of_b = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - mean_a) * (b[i] - mean_b);
    of_a += (a[i] - mean_a) * (a[i] - mean_a);
    of_b += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return std::clamp(both / std::sqrt(of_a) / std::sqrt(of_b), -1.0, 1.0);
}

double SpearmanCorrelation(const std::vector<double>& a,
                           const std::vector<double>& b) {
  return PearsonCorrelation(RanksOf(a), RanksOf(b));
}

}  // namespace akin::client
