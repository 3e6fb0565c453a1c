#include "tests/bench/engine/truth.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "index/base/status_macros.h"
#include "index/search/exact_searcher.h"
#include "tests/bench/engine/seeded_random.h"

namespace akin::bench {
namespace {

// Scores that differ by less, as a share, are ties: exact search computes in
// single precision.
constexpr double kTie = 1e-6;
// Rows that the mean distance of a query is taken from.
constexpr size_t kSampledRows = 1000;

// The distance in which a set's neighbours are nearest. Under dot: of the
// vectors with one more component each, which gives all rows the same length
// (Bachrach et al., RecSys 2014), so that nearest means largest inner product.
class ScoreToDistance {
 public:
  explicit ScoreToDistance(const VectorSet& set) : set_(set) {
    if (set.table->metric() != Metric::kDot) return;
    for (uint32_t row = 0; row < set.rows(); ++row) {
      double sum = 0;
      for (const float x : set.table->SearchVector(row)) sum += double{x} * x;
      longest_ = std::max(longest_, sum);
    }
  }

  double operator()(size_t query, double score) const {
    switch (set_.table->metric()) {
      case Metric::kCosine:
        return std::sqrt(std::max(0.0, 2 - 2 * score));
      case Metric::kL2:
        return std::sqrt(-score);
      case Metric::kDot:
        break;
    }
    double length = 0;
    for (size_t j = 0; j < set_.dimension(); ++j) {
      length += double{set_.query(query)[j]} * set_.query(query)[j];
    }
    return std::sqrt(std::max(0.0, length + longest_ - 2 * score));
  }

 private:
  const VectorSet& set_;
  double longest_ = 0;  // squared
};

std::vector<uint32_t> SearchExactly(const VectorSet& set, size_t depth,
                                    WorkerPool* pool) {
  const ExactSearcher exact(set.table.get());
  std::vector<SearchTask> tasks(set.query_count());
  for (size_t i = 0; i < tasks.size(); ++i) {
    tasks[i].query = {set.query(i), set.dimension()};
    tasks[i].k = depth;
  }
  exact.BatchSearch(absl::MakeSpan(tasks), pool);
  std::vector<uint32_t> rows;
  rows.reserve(tasks.size() * depth);
  for (const SearchTask& task : tasks) {
    for (const Neighbor& near : task.neighbors) rows.push_back(near.row);
  }
  return rows;
}

}  // namespace

double PreciseScore(const VectorSet& set, size_t query, uint32_t row) {
  const float* a = set.query(query);
  const float* b = set.table->SearchVector(row).data();
  const bool l2 = set.table->metric() == Metric::kL2;
  double sum = 0;
  for (size_t j = 0; j < set.dimension(); ++j) {
    const double difference = double{a[j]} - b[j];
    sum += l2 ? -difference * difference : double{a[j]} * b[j];
  }
  return sum;
}

absl::StatusOr<Truth> Truth::Find(const VectorSet& set,
                                  const CacheFolder& cache, WorkerPool* pool) {
  const size_t depth = std::min(kDepth, set.rows());
  const size_t expected = depth * set.query_count();
  const std::string name = absl::StrCat("truth-", Fingerprint(set));
  std::optional<std::vector<uint32_t>> rows = cache.ReadNumbers(name, expected);
  if (!rows.has_value()) {
    rows = SearchExactly(set, depth, pool);
    if (rows->size() != expected) {
      return absl::InternalError(absl::StrCat(set.name, ": exact search gave ",
                                              rows->size(), " rows, expected ",
                                              expected));
    }
    cache.WriteNumbers(name, *rows);
  }
  Truth truth(set, *rows, depth);
  AKIN_RETURN_IF_ERROR(truth.CheckAgainstPublished(set));
  return truth;
}

Truth::Truth(const VectorSet& set, const std::vector<uint32_t>& rows,
             size_t depth)
    : depth_(depth) {
  scores_.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    scores_.push_back(PreciseScore(set, i / depth, rows[i]));
  }
  for (auto at = scores_.begin(); at != scores_.end();
       at += static_cast<std::ptrdiff_t>(depth)) {
    std::sort(at, at + static_cast<std::ptrdiff_t>(depth), std::greater<>());
  }
}

absl::Status Truth::CheckAgainstPublished(const VectorSet& set) const {
  if (set.published.empty()) return absl::OkStatus();
  const size_t depth = std::min(depth_, set.published_depth());
  for (size_t i = 0; i < set.query_count(); ++i) {
    for (size_t j = 0; j < depth; ++j) {
      const double theirs = set.published[i * set.published_depth() + j];
      const double ours = -scores_[i * depth_ + j];
      if (std::abs(theirs - ours) > kTie * theirs) {
        return absl::InternalError(absl::StrCat(
            set.name, ", query ", i, ": neighbour ", j,
            " is at the squared distance ", ours, ", published is ", theirs));
      }
    }
  }
  return absl::OkStatus();
}

size_t Truth::Hits(const VectorSet& set, size_t query, size_t k,
                   const uint32_t* rows, size_t count) const {
  const double last = scores_[query * depth_ + std::min(k, depth_) - 1];
  const double enough = last - kTie * std::abs(last);
  std::vector<uint32_t> distinct(rows, rows + std::min(k, count));
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  return static_cast<size_t>(std::count_if(
      distinct.begin(), distinct.end(),
      [&](uint32_t row) { return PreciseScore(set, query, row) >= enough; }));
}

Difficulty Truth::MeasureDifficulty(const VectorSet& set) const {
  const ScoreToDistance distance(set);
  std::vector<double> nearest(scores_.size());
  std::vector<double> means(set.query_count());
  SeededRandom random(1);
  std::vector<uint32_t> sample(std::min(kSampledRows, set.rows()));
  for (uint32_t& row : sample) {
    row = static_cast<uint32_t>(random.Below(set.rows()));
  }
  for (size_t i = 0; i < means.size(); ++i) {
    for (size_t j = i * depth_; j < (i + 1) * depth_; ++j) {
      nearest[j] = distance(i, scores_[j]);
    }
    for (const uint32_t row : sample) {
      means[i] += distance(i, PreciseScore(set, i, row)) /
                  static_cast<double>(sample.size());
    }
  }
  return DifficultyOf(nearest, means);
}

}  // namespace akin::bench
