// A version with one table that is searched by a graph, whole or damaged.

#ifndef AKIN_TESTS_SERVER_RECALL_GRAPH_VERSION_H_
#define AKIN_TESTS_SERVER_RECALL_GRAPH_VERSION_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "index/build/graph_builder.h"
#include "index/search/flat_index.h"
#include "index/search/graph_searcher.h"
#include "index/version/version.h"
#include "tests/support/clustered_data.h"

namespace akin::server {

// The links of each row but the first `kept` are removed.
inline Graph Damaged(Graph graph, size_t kept) {
  for (size_t row = 0; row < graph.rows; ++row) {
    std::fill(graph.MutableLinks(row) + std::min<size_t>(kept, graph.degree),
              graph.MutableLinks(row) + graph.degree, kNoRow);
  }
  return graph;
}

// What the whole graph was measured to find, so that an effort of 16 is used.
inline Calibration CalibrationOfTheWhole() {
  RecallCurve curve;
  curve.k = 10;
  curve.queries = 100;
  curve.points = {
      {.effort = 16, .recall = 0.96f, .distances = 300, .microseconds = 1}};
  return Calibration({curve}, /*exact_microseconds=*/1e6f);
}

// Version `number` of "m" with the table "t" of these rows, "r0", "r1", ...
inline std::shared_ptr<const Version> GraphVersion(int64_t number,
                                                   const Vectors& rows,
                                                   size_t kept_links) {
  WorkerPool pool(1);
  auto table = std::make_unique<IndexedTable>(TableOf(Metric::kL2, rows));
  table->SetCodes(*Codes::Encode(table->table(), &pool));
  auto index = std::make_unique<GraphSearcher>(
      &table->table(), &table->exact(),
      RowScores(&table->table(), nullptr, Scored::kVectors),
      std::make_unique<const FlatIndex>(*FlatIndex::Build(
          table->codes(),
          Damaged(*BuildGraph(*table->codes(), {.degree = 32}, &pool),
                  kept_links))));
  index->SetCalibration(CalibrationOfTheWhole());
  table->SetIndex(std::move(index));
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(std::move(table));
  return std::make_shared<const Version>("m", number, std::move(tables));
}

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_RECALL_GRAPH_VERSION_H_
