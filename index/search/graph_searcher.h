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
  // filter whose rows are scanned sooner than a walk meets enough of them, and
  // what even a second, longer walk finds too few rows for.
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
  // A walk for rows of which a share is allowed.
  struct AllowedWalk {
    size_t effort = 0;  // 0: scan the allowed rows instead
    // The answer is to lie within so many of the nearest rows.
    size_t reach = 0;
  };

  // Answer the task, or say no: then exact search has to. `wanted` >= 1.
  bool SearchAll(size_t wanted, SearchTask* task) const;
  bool SearchAllowed(size_t wanted, SearchTask* task) const;

  AllowedWalk PlanFor(const SearchTask& task, size_t wanted,
                      double share) const;
  // The beam that finds the nearest `depth` rows as well as the task asks for,
  // times its effort_factor; `wanted` of them are in the answer. 0: exact
  // search is better.
  size_t EffortFor(const SearchTask& task, size_t wanted, size_t depth) const;
  bool WalkPays(const SearchTask& task, size_t effort, size_t depth) const;

  // The nearest rows, with their distances by index; null when it was stopped.
  const BeamArrays* Walk(size_t effort, size_t results, SearchTask* task) const;
  // Gives the task's neighbours their scores, and keeps the best `wanted`.
  void Score(size_t wanted, SearchTask* task) const;

  const Table& table_;
  const Searcher& exact_;
  const RowScores scores_;
  const std::unique_ptr<const GraphWalker> walker_;
  Calibration calibration_;
  float stop_factor_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_GRAPH_SEARCHER_H_
