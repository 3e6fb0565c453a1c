#include "tests/bench/engine/walk_costs.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "index/base/page_buffer.h"
#include "index/base/status_macros.h"
#include "index/kernels/code_distances.h"
#include "tests/bench/engine/curve.h"
#include "tests/bench/engine/probes.h"
#include "tests/bench/engine/seeded_random.h"

namespace akin::bench {
namespace {

constexpr size_t kResamples = 2000;

// Of one distance between codes of that many components, in cache.
absl::StatusOr<double> SecondsPerCodeDistance(size_t components) {
  constexpr size_t kRows = 64;
  constexpr size_t kRounds = 200;
  constexpr size_t kTries = 15;
  const size_t stride = (components + kLineBytes - 1) / kLineBytes * kLineBytes;
  PageBuffer data;
  AKIN_RETURN_IF_ERROR(data.Reserve(kRows * stride));
  CodeRows codes;
  codes.data = reinterpret_cast<const int8_t*>(data.data());
  codes.stride = stride;
  CodeQuery query;
  query.values.assign(stride, 1);
  std::vector<uint32_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<float> distances(kRows);
  double best = 1;
  for (size_t attempt = 0; attempt < kTries; ++attempt) {
    const auto begin = std::chrono::steady_clock::now();
    for (size_t i = 0; i < kRounds; ++i) {
      ActiveCodeKernels().distances(codes, query, rows.data(), kRows,
                                    distances.data());
    }
    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - begin;
    best = std::min(best, passed.count() / (kRounds * kRows));
  }
  return best;
}

double MeanOfSome(const std::vector<double>& values, SeededRandom* random) {
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += values[random->Below(values.size())];
  }
  return sum / static_cast<double>(values.size());
}

}  // namespace

absl::StatusOr<MachineRates> MeasureRates(const IndexPlan& plan,
                                          size_t dimension, size_t index_bytes,
                                          const SearchCounts& counts) {
  MachineRates rates;
  const bool flat = plan.layout == GraphLayout::kFlat;
  // A walk over rows reads one block per hop; a flat one reads a list of links
  // per hop and a code per distance, as if they were equally long.
  const double blocks = counts.hops + (flat ? counts.distances : 0);
  const double mean = blocks > 0 ? counts.lines / blocks : 1;
  const auto lines = static_cast<size_t>(
      std::max(1.0, static_cast<double>(std::lround(mean))));
  AKIN_ASSIGN_OR_RETURN(const RandomAccess access,
                        RandomAccess::Make(index_bytes));
  rates.seconds_per_line =
      access.SecondsPerBlock(lines) / static_cast<double>(lines);
  rates.seconds_per_dependent_read = access.SecondsPerDependentRead();
  if (flat) {
    AKIN_ASSIGN_OR_RETURN(rates.seconds_per_distance,
                          SecondsPerCodeDistance(dimension));
  }
  return rates;
}

Estimate EstimateGrowth(const std::vector<GrowthPoint>& points) {
  std::vector<double> rows;
  std::vector<double> means;
  for (const GrowthPoint& point : points) {
    rows.push_back(point.rows);
    means.push_back(
        std::accumulate(point.distances.begin(), point.distances.end(), 0.0) /
        static_cast<double>(point.distances.size()));
  }
  SeededRandom random(1);
  std::vector<double> exponents(kResamples);
  std::vector<double> resampled(points.size());
  for (double& exponent : exponents) {
    for (size_t i = 0; i < points.size(); ++i) {
      resampled[i] = MeanOfSome(points[i].distances, &random);
    }
    exponent = GrowthExponent(rows, resampled);
  }
  std::sort(exponents.begin(), exponents.end());
  return {GrowthExponent(rows, means), exponents[kResamples / 40],
          exponents[kResamples - 1 - kResamples / 40]};
}

}  // namespace akin::bench
