#include "index/build/graph_index.h"

#include <utility>

#include "index/base/status_macros.h"
#include "index/build/index_plan.h"
#include "index/search/flat_index.h"
#include "index/search/row_scores.h"
#include "index/search/rows_index.h"

namespace akin {
namespace {

absl::StatusOr<std::unique_ptr<const GraphWalker>> LayOut(const Table& table,
                                                          const Codes& codes,
                                                          const IndexPlan& plan,
                                                          Graph graph,
                                                          WorkerPool* pool) {
  if (plan.layout == GraphLayout::kFlat) {
    AKIN_ASSIGN_OR_RETURN(FlatIndex flat,
                          FlatIndex::Build(&codes, std::move(graph)));
    return std::make_unique<const FlatIndex>(std::move(flat));
  }
  AKIN_ASSIGN_OR_RETURN(RowsIndex rows,
                        RowsIndex::Build(table, graph, plan.bits, pool));
  return std::make_unique<const RowsIndex>(std::move(rows));
}

}  // namespace

absl::StatusOr<std::unique_ptr<GraphSearcher>> BuildGraphIndex(
    const Table& table, const Codes& codes, const Searcher* exact,
    const GraphIndexOptions& options, WorkerPool* pool,
    const BuildProgress& progress) {
  AKIN_ASSIGN_OR_RETURN(
      const IndexPlan plan,
      PlanIndex(table.rows(), table.dimension(), table.metric(), options));
  GraphOptions graph_options;
  graph_options.degree = plan.degree;
  if (options.build_effort != 0) {
    graph_options.build_effort = options.build_effort;
  }
  AKIN_ASSIGN_OR_RETURN(Graph graph,
                        BuildGraph(codes, graph_options, pool, progress));
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<const GraphWalker> walker,
                        LayOut(table, codes, plan, std::move(graph), pool));
  const Scored scored =
      plan.keeps_vectors ? Scored::kVectors : Scored::kDecoded;
  return std::make_unique<GraphSearcher>(
      &table, exact,
      RowScores(&table, plan.keeps_vectors ? nullptr : &codes, scored),
      std::move(walker));
}

}  // namespace akin
