// One table under every layout that a graph can have.

#ifndef AKIN_TESTS_SUPPORT_GRAPH_LAYOUTS_H_
#define AKIN_TESTS_SUPPORT_GRAPH_LAYOUTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "index/build/graph_builder.h"
#include "index/search/exact_searcher.h"
#include "index/search/flat_index.h"
#include "index/search/graph_searcher.h"
#include "index/search/row_scores.h"
#include "index/search/rows_index.h"
#include "index/table/codes.h"
#include "index/table/table.h"

namespace akin {

inline Graph CopyOf(const Graph& graph) {
  Graph copy;
  copy.rows = graph.rows;
  copy.degree = graph.degree;
  copy.entries = graph.entries;
  const size_t links = graph.rows * graph.degree;
  if (!copy.links.Reserve(links * sizeof(uint32_t)).ok()) std::abort();
  std::copy_n(graph.Links(0), links, copy.MutableLinks(0));
  return copy;
}

struct LayoutOptions {
  std::vector<uint32_t> flat_degrees = {32, 64};
  std::vector<uint32_t> row_bits = {1, 2, 4};
  bool compact = true;
  uint32_t build_effort = GraphOptions().build_effort;
  size_t threads = 1;
};

// Graphs of the same degree are built once and laid out in several ways. Stops
// the test program when that fails.
class GraphLayouts {
 public:
  struct Layout {
    std::string name;
    const Searcher* exact;  // that gives the same scores
    std::unique_ptr<GraphSearcher> searcher;
  };

  explicit GraphLayouts(Table table, const LayoutOptions& options = {})
      : table_(std::move(table)),
        pool_(options.threads),
        codes_(*Codes::Encode(table_, &pool_)),
        exact_(&table_),
        decoded_(&table_, &codes_, Scored::kDecoded) {
    const Graph narrow = Build(32, options.build_effort);
    for (const uint32_t degree : options.flat_degrees) {
      AddFlat("flat" + std::to_string(degree), &exact_, Scored::kVectors,
              degree == narrow.degree ? CopyOf(narrow)
                                      : Build(degree, options.build_effort));
    }
    for (const uint32_t bits : options.row_bits) AddRows(bits, narrow);
    if (options.compact) {
      AddFlat("compact", &decoded_, Scored::kDecoded, CopyOf(narrow));
    }
  }
  GraphLayouts(const GraphLayouts&) = delete;
  GraphLayouts& operator=(const GraphLayouts&) = delete;

  const Table& table() const { return table_; }
  const Codes& codes() const { return codes_; }
  const std::vector<Layout>& all() const { return layouts_; }

 private:
  Graph Build(uint32_t degree, uint32_t build_effort) {
    return *BuildGraph(codes_, {.degree = degree, .build_effort = build_effort},
                       &pool_);
  }

  void AddFlat(const std::string& name, const Searcher* exact, Scored scored,
               Graph graph) {
    Add(name, exact, RowScores(&table_, &codes_, scored),
        std::make_unique<const FlatIndex>(
            *FlatIndex::Build(&codes_, std::move(graph))));
  }

  void AddRows(uint32_t bits, const Graph& graph) {
    Add("rows" + std::to_string(bits), &exact_,
        RowScores(&table_, nullptr, Scored::kVectors),
        std::make_unique<const RowsIndex>(
            *RowsIndex::Build(table_, graph, bits, &pool_)));
  }

  void Add(const std::string& name, const Searcher* exact, RowScores scores,
           std::unique_ptr<const GraphWalker> walker) {
    layouts_.push_back({name, exact,
                        std::make_unique<GraphSearcher>(&table_, exact, scores,
                                                        std::move(walker))});
  }

  const Table table_;
  WorkerPool pool_;
  const Codes codes_;
  const ExactSearcher exact_;
  const ExactSearcher decoded_;
  std::vector<Layout> layouts_;
};

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_GRAPH_LAYOUTS_H_
