// Searches a table by walking its graph: approximate, and far fewer distances
// than rows. How far a query walks is its effort, the rows that are kept in
// view at a time; the calibration says which effort reaches which recall.

#ifndef AKIN_INDEX_SEARCH_GRAPH_SEARCHER_H_
#define AKIN_INDEX_SEARCH_GRAPH_SEARCHER_H_

#include <cstddef>
#include <memory>
#include <utility>

#include "index/search/calibration.h"
#include "index/search/graph_walker.h"
#include "index/search/row_scores.h"
#include "index/search/searcher.h"
#include "index/table/table.h"

namespace akin {

// Where nothing was calibrated.
inline constexpr size_t kDefaultEffort = 128;

class GraphSearcher : public Searcher {
 public:
  // `walker` is of a graph over `table`, `exact` searches the same table, and
  // `scores` gives the scores of the answers; what they point to must outlive
  // the searcher. The table has at least one row.
  GraphSearcher(const Table* table, const Searcher* exact, RowScores scores,
                std::unique_ptr<const GraphWalker> walker)
      : table_(*table),
        exact_(*exact),
        scores_(scores),
        walker_(std::move(walker)) {}

  IndexKind kind() const override { return IndexKind::kGraph; }

  // Answered by exact search: a recall that the calibration never reached, a
  // filter that leaves fewer rows than a walk would compare, and what even
  // walks with longer beams find fewer than min(k, allowed rows) for.
  void Search(SearchTask* task) const override;

  size_t memory_bytes() const override { return walker_->memory_bytes(); }

  const GraphWalker& walker() const { return *walker_; }

  const Calibration* calibration() const override { return &calibration_; }
  // Only while the version is being loaded.
  void SetCalibration(Calibration calibration) {
    calibration_ = std::move(calibration);
  }
  void SetStopFactor(float factor) { stop_factor_ = factor; }

 private:
  // Answers the task, perhaps with fewer than `wanted` rows.
  void Walk(size_t effort, size_t wanted, SearchTask* task) const;
  // The beam this task needs, or 0 when exact search is better.
  size_t EffortFor(const SearchTask& task, size_t wanted) const;
  size_t ResultsFor(const SearchTask& task, size_t wanted) const;
  // The task has a filter, which allows at least one row.
  size_t PerAllowed(const SearchTask& task, double rows) const;
  bool WalkPays(const SearchTask& task, size_t effort) const;
  // Of the nearest `results`, the best `wanted` of those that the task allows.
  void Score(const BeamArrays& nearest, size_t results, size_t wanted,
             SearchTask* task) const;

  const Table& table_;
  const Searcher& exact_;
  const RowScores scores_;
  const std::unique_ptr<const GraphWalker> walker_;
  Calibration calibration_;
  float stop_factor_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_GRAPH_SEARCHER_H_
