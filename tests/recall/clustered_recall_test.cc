// What every layout finds under every metric, at a given effort, on seeded
// vectors and queries that are not among them. The floors are a little below
// what was measured: they are there to be raised.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/brute_force.h"
#include "tests/support/clustered_data.h"
#include "tests/support/graph_layouts.h"

namespace akin {
namespace {

constexpr size_t kRows = 2000;
constexpr size_t kQueries = 100;
constexpr size_t kK = 10;

// Of recall@10.
struct Floor {
  std::string layout;
  size_t effort;
  double recall;
};

struct Case {
  std::string name;
  Metric metric;
  size_t dimension;
  LayoutOptions layouts;
  std::vector<Floor> floors;
};

const LayoutOptions kNarrow = {.flat_degrees = {64}, .row_bits = {}};
const LayoutOptions kWide = {.flat_degrees = {32}, .row_bits = {1, 2, 4}};

std::vector<Case> Cases() {
  return {
      {"CosineNarrow",
       Metric::kCosine,
       24,
       kNarrow,
       {{"flat64", 16, 0.99}, {"compact", 16, 0.98}}},
      {"DotNarrow",
       Metric::kDot,
       24,
       kNarrow,
       {{"flat64", 16, 0.985}, {"flat64", 64, 0.99}, {"compact", 64, 0.975}}},
      {"L2Narrow",
       Metric::kL2,
       24,
       kNarrow,
       {{"flat64", 16, 0.99}, {"compact", 16, 0.985}}},
      {"CosineWide",
       Metric::kCosine,
       96,
       kWide,
       {{"flat32", 16, 0.99},
        {"rows1", 32, 0.985},
        {"rows2", 16, 0.985},
        {"rows4", 16, 0.99},
        {"compact", 16, 0.985}}},
      {"DotWide",
       Metric::kDot,
       96,
       kWide,
       {{"flat32", 16, 0.985},
        {"flat32", 64, 0.99},
        {"rows1", 32, 0.97},
        {"rows2", 16, 0.965},
        {"rows2", 64, 0.99},
        {"rows4", 16, 0.985},
        {"rows4", 64, 0.99},
        {"compact", 64, 0.98}}},
      {"L2Wide",
       Metric::kL2,
       96,
       kWide,
       {{"flat32", 16, 0.985},
        {"rows1", 32, 0.98},
        {"rows2", 16, 0.98},
        {"rows4", 16, 0.985},
        {"compact", 16, 0.98}}},
  };
}

double RecallAt10(const GraphLayouts& layouts,
                  const GraphLayouts::Layout& layout, const Vectors& queries,
                  size_t effort) {
  size_t found = 0;
  for (const std::vector<float>& query : queries) {
    SearchTask task{.query = query, .k = kK, .effort = effort};
    layout.searcher->Search(&task);
    EXPECT_FALSE(task.stats.exact);
    EXPECT_LT(task.stats.hops, 3 * effort + 10);
    found += CountTrue(layouts.table(), task);
  }
  return static_cast<double>(found) / static_cast<double>(queries.size() * kK);
}

void CheckFloors(const GraphLayouts& layouts, const Vectors& queries,
                 const std::vector<Floor>& floors) {
  for (const Floor& floor : floors) {
    for (const auto& layout : layouts.all()) {
      if (layout.name != floor.layout) continue;
      const double recall = RecallAt10(layouts, layout, queries, floor.effort);
      testing::Test::RecordProperty(
          layout.name + "_effort_" + std::to_string(floor.effort),
          std::to_string(recall));
      EXPECT_GE(recall, floor.recall)
          << layout.name << ", effort " << floor.effort;
    }
  }
}

class ClusteredRecall : public testing::TestWithParam<Case> {};

TEST_P(ClusteredRecall, IsAtLeast) {
  const Case& c = GetParam();
  RowsAndQueries data =
      ClusteredRowsAndQueries(kRows, kQueries, c.dimension, 11);
  data.queries = AsQueries(c.metric, data.queries);
  const GraphLayouts layouts(TableOf(c.metric, data.rows), c.layouts);
  CheckFloors(layouts, data.queries, c.floors);
}

// Under a sanitizer each layout and each metric once: recall is not its matter.
std::vector<Case> CasesForThisBuild() {
  std::vector<Case> cases = Cases();
  if (!AKIN_SANITIZED) return cases;
  std::erase_if(cases, [](const Case& c) {
    return c.name != "DotNarrow" && c.name != "L2Narrow" &&
           c.name != "CosineWide";
  });
  return cases;
}

INSTANTIATE_TEST_SUITE_P(EachCase, ClusteredRecall,
                         testing::ValuesIn(CasesForThisBuild()),
                         [](const auto& info) { return info.param.name; });

// Queries of other clusters than the rows, as users are to items.
constexpr size_t kOtherSeed = 99;

const std::vector<Floor>& OtherQueriesFloors() {
  static const auto& floors = *new std::vector<Floor>{
      {"flat32", 32, 0.955}, {"flat32", 64, 0.985}, {"rows1", 128, 0.94},
      {"rows2", 64, 0.94},   {"rows4", 64, 0.985},  {"compact", 64, 0.975}};
  return floors;
}

TEST(OtherQueriesRecall, IsAtLeastUnderCosine) {
  if (AKIN_SANITIZED) GTEST_SKIP() << "the same code as of ClusteredRecall";
  const Vectors rows = ClusteredVectors(kRows, 96, 11);
  const Vectors queries =
      AsQueries(Metric::kCosine, ClusteredVectors(kQueries, 96, kOtherSeed));
  CheckFloors(GraphLayouts(TableOf(Metric::kCosine, rows), kWide), queries,
              OtherQueriesFloors());
}

// Of vectors whose lengths differ, those of matrix factorisation, the long ones
// are what most queries are after: the graph must lead to them.
TEST(OtherQueriesRecall, IsAsHighUnderDotWhenLengthsVary) {
  Vectors rows = ClusteredVectors(kRows, 96, 11);
  SpreadLengths(0.5, 5, &rows);
  const Vectors queries = ClusteredVectors(kQueries, 96, kOtherSeed);
  std::vector<Floor> floors = OtherQueriesFloors();
  for (Floor& floor : floors) {
    // Two bits are a little coarser here.
    if (floor.layout == "rows2") floor.recall = 0.895;
  }
  CheckFloors(GraphLayouts(TableOf(Metric::kDot, rows), kWide), queries,
              floors);
}

// Where there are more clusters than a walk meets, its entries and the links
// between clusters must bring it into the right one.
TEST(ManyClustersRecall, IsAtLeast) {
  const RowsAndQueries data =
      ClusteredRowsAndQueries(6'000, kQueries, 64, 21, 300);
  CheckFloors(
      GraphLayouts(TableOf(Metric::kL2, data.rows),
                   {.flat_degrees = {32}, .row_bits = {1}, .threads = 2}),
      data.queries,
      {{"flat32", 64, 0.975}, {"rows1", 128, 0.96}, {"compact", 64, 0.965}});
}

// Most rows are no query's neighbour and no row's either. What keeps them
// reachable must not cost the long rows, which all walks go by, their links.
TEST(ManyRowsUnderDotRecall, IsAtLeast) {
  if (AKIN_SANITIZED) GTEST_SKIP() << "the same code as of ClusteredRecall";
  Vectors rows = ClusteredVectors(6'000, 32, 31);
  SpreadLengths(0.5, 5, &rows);
  CheckFloors(
      GraphLayouts(TableOf(Metric::kDot, rows),
                   {.flat_degrees = {32}, .row_bits = {4}, .threads = 2}),
      ClusteredVectors(kQueries, 32, kOtherSeed),
      {{"flat32", 48, 0.98}, {"rows4", 64, 0.985}});
}

}  // namespace
}  // namespace akin
