// The truth about nearest rows, in double precision and in the plainest way.

#ifndef AKIN_TESTS_SUPPORT_BRUTE_FORCE_H_
#define AKIN_TESTS_SUPPORT_BRUTE_FORCE_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/types/span.h"
#include "index/search/searcher.h"
#include "index/table/table.h"

namespace akin {

inline double TrueScore(const Table& table, absl::Span<const float> query,
                        uint32_t row) {
  const absl::Span<const float> vector = table.SearchVector(row);
  double dot = 0;
  double l2 = 0;
  for (size_t i = 0; i < query.size(); ++i) {
    dot += double{query[i]} * vector[i];
    const double miss = double{query[i]} - vector[i];
    l2 += miss * miss;
  }
  return table.metric() == Metric::kL2 ? -l2 : dot;
}

inline bool InReach(const SearchTask& task, uint32_t row) {
  return row != task.hidden_row &&
         (task.allowed == nullptr || task.allowed->Contains(row));
}

// Of the rows that `task` may be answered with, the scores of the best task.k,
// best first.
inline std::vector<double> TrueBestScores(const Table& table,
                                          const SearchTask& task) {
  std::vector<double> scores;
  for (uint32_t row = 0; row < table.rows(); ++row) {
    if (InReach(task, row)) scores.push_back(TrueScore(table, task.query, row));
  }
  const size_t k = std::min(task.k, scores.size());
  std::partial_sort(scores.begin(), scores.begin() + static_cast<ptrdiff_t>(k),
                    scores.end(), std::greater<>());
  scores.resize(k);
  return scores;
}

// How many of the task's neighbours are among the true ones; a row that scores
// the same as the last of them counts too.
inline size_t CountTrue(const Table& table, const SearchTask& task) {
  const std::vector<double> truth = TrueBestScores(table, task);
  if (truth.empty()) return 0;
  const double least = truth.back() - 1e-9 * std::abs(truth.back());
  return static_cast<size_t>(std::count_if(
      task.neighbors.begin(), task.neighbors.end(), [&](const Neighbor& near) {
        return TrueScore(table, task.query, near.row) >= least;
      }));
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_BRUTE_FORCE_H_
