// Searches a table by walking its graph: approximate, and far fewer distances
// than rows.
//
// Best-first search with a bounded pool (arXiv 1603.09320, algorithm 2), after
// a greedy descent through the upper levels. The pool's size is the effort: a
// larger one finds more of the true neighbours and costs more.

#ifndef AKIN_INDEX_SEARCH_GRAPH_SEARCHER_H_
#define AKIN_INDEX_SEARCH_GRAPH_SEARCHER_H_

#include "index/search/exact_searcher.h"
#include "index/search/graph.h"
#include "index/search/searcher.h"
#include "index/table/table.h"

namespace akin {

inline constexpr size_t kDefaultEffort = 256;

class GraphSearcher : public Searcher {
 public:
  // `graph` has links for every row of `table`, which must outlive the
  // searcher and have at least one row.
  GraphSearcher(const Table* table, Graph graph,
                size_t effort = kDefaultEffort);

  IndexKind kind() const override { return IndexKind::kGraph; }

  // Falls back to comparing every row when so much is asked that walking would
  // cost more, or when the walk reaches fewer than min(k, rows).
  void Search(SearchTask* task) const override;

  size_t memory_bytes() const override { return graph_.memory_bytes(); }

 private:
  class Walk;

  const Table& table_;
  const Graph graph_;
  const size_t effort_;
  const ExactSearcher exact_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_GRAPH_SEARCHER_H_
