// Where walks start, and what happens when they end too soon.

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/clustered_data.h"
#include "tests/support/graph_layouts.h"

namespace akin {
namespace {

constexpr size_t kK = 10;

// 300 rows under dot have 18 entries in one group: two rows of entries, the
// leader's and the group's.
TEST(WalkStart, ComparesEveryEntryOnce) {
  RowsAndQueries data = ClusteredRowsAndQueries(300, 20, 80, 5);
  const GraphLayouts layouts(
      TableOf(Metric::kDot, data.rows),
      {.flat_degrees = {}, .row_bits = {2, 4}, .compact = false});
  for (const auto& layout : layouts.all()) {
    for (const std::vector<float>& query : data.queries) {
      SearchTask task{.query = query, .k = kK, .effort = 20};
      layout.searcher->Search(&task);
      ASSERT_FALSE(task.stats.exact);
      EXPECT_EQ(task.stats.distances, (2 + task.stats.hops) * kRowNeighbors)
          << layout.name;
    }
  }
}

// With one bit a row may stand in the beam several times, so that a beam of k
// is used up before k rows were met.
TEST(WalkStart, ABeamThatWasTooShortIsMadeLonger) {
  RowsAndQueries data = ClusteredRowsAndQueries(2000, 50, 100, 6);
  const GraphLayouts layouts(
      TableOf(Metric::kL2, data.rows),
      {.flat_degrees = {}, .row_bits = {1}, .compact = false});
  for (const std::vector<float>& query : data.queries) {
    SearchTask task{.query = query, .k = kK, .effort = 1};
    layouts.all().front().searcher->Search(&task);
    EXPECT_FALSE(task.stats.exact);
    EXPECT_EQ(task.neighbors.size(), kK);
  }
}

}  // namespace
}  // namespace akin
