#include "index/version/self_check.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "index/build/graph_builder.h"
#include "index/search/graph_searcher.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

constexpr size_t kQueries = 64;

std::unique_ptr<IndexedTable> WithGraph(const Graph* graph) {
  auto indexed = std::make_unique<IndexedTable>(
      MakeTable("t", Metric::kCosine, RandomRows(3000, 16, 5)));
  const Table& table = indexed->table();
  Graph links = graph != nullptr ? *graph : *BuildGraph(table, {.threads = 1});
  indexed->SetIndex(
      std::make_unique<GraphSearcher>(&table, std::move(links), 64));
  return indexed;
}

TEST(MeasureRecallAt10, AnExactIndexFindsAll) {
  WorkerPool pool(1);
  const IndexedTable table(MakeTable("t", Metric::kL2, RandomRows(500, 8, 1)));
  EXPECT_EQ(MeasureRecallAt10(table, kQueries, &pool), 1.0);
}

TEST(MeasureRecallAt10, AGoodGraphFindsNearlyAll) {
  WorkerPool pool(1);
  EXPECT_GE(MeasureRecallAt10(*WithGraph(nullptr), kQueries, &pool), 0.95);
}

TEST(MeasureRecallAt10, ABrokenGraphIsSeen) {
  const Table table = MakeTable("t", Metric::kCosine, RandomRows(3000, 16, 5));
  // A ring: every row can be reached, but hardly the right ones in time.
  Graph ring;
  ring.entry = 0;
  ring.base_degree = 1;
  for (uint32_t row = 0; row < 3000; ++row) {
    ring.base_links.push_back((row + 1) % 3000);
  }
  WorkerPool pool(1);
  EXPECT_LT(MeasureRecallAt10(*WithGraph(&ring), kQueries, &pool), 0.8);
}

TEST(MeasureRecallAt10, TablesOfOneRowAndOfEqualRows) {
  WorkerPool pool(1);
  const IndexedTable one(MakeTable("t", Metric::kDot, {{"a", {1, 2}}}));
  EXPECT_EQ(MeasureRecallAt10(one, kQueries, &pool), 1.0);
  const IndexedTable opposite(
      MakeTable("t", Metric::kCosine, {{"a", {1, 0}}, {"b", {-1, 0}}}));
  EXPECT_EQ(MeasureRecallAt10(opposite, kQueries, &pool), 1.0);
}

}  // namespace
}  // namespace akin
