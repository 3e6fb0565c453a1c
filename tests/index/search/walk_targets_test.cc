// Graphs are laid out and walked the same on every instruction set.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/brute_force.h"
#include "tests/support/clustered_data.h"
#include "tests/support/graph_layouts.h"
#include "tests/support/simd_targets.h"

namespace akin {
namespace {

constexpr size_t kRows = 450;
constexpr size_t kEffort = 40;
constexpr size_t kK = 10;

struct Case {
  Metric metric;
  size_t dimension;
};

// Codes of 32, 64, 128 and 192 bytes.
constexpr Case kCases[] = {{Metric::kL2, 20},
                           {Metric::kCosine, 60},
                           {Metric::kDot, 127},
                           {Metric::kL2, 150}};

using Answers = std::vector<std::vector<Neighbor>>;

Answers AnswersOf(const GraphLayouts::Layout& layout, const Vectors& queries) {
  Answers answers;
  for (const std::vector<float>& query : queries) {
    SearchTask task{.query = query, .k = kK, .effort = kEffort};
    layout.searcher->Search(&task);
    EXPECT_FALSE(task.stats.exact);
    answers.push_back(task.neighbors);
  }
  return answers;
}

size_t Common(const Answers& a, const Answers& b) {
  size_t common = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    for (const Neighbor& near : a[i]) {
      common += static_cast<size_t>(std::count(b[i].begin(), b[i].end(), near));
    }
  }
  return common;
}

class WalkTargetsTest : public EachTargetTest {};

TEST_P(WalkTargetsTest, GiveTheNeighborsOfTheBestTarget) {
  for (const auto& [metric, dimension] : kCases) {
    RowsAndQueries data = ClusteredRowsAndQueries(kRows, 40, dimension, 5);
    data.queries = AsQueries(metric, data.queries);
    ForceTarget(0);
    const GraphLayouts layouts(
        TableOf(metric, data.rows),
        {.flat_degrees = {32}, .compact = false, .build_effort = 30});
    for (const auto& layout : layouts.all()) {
      SCOPED_TRACE(layout.name + " dimension " + std::to_string(dimension));
      ForceTarget(0);
      const Answers best = AnswersOf(layout, data.queries);
      ForceTarget(GetParam());
      const Answers here = AnswersOf(layout, data.queries);
      // Sums are added in another order, so a walk may turn elsewhere at times.
      EXPECT_GE(Common(best, here), data.queries.size() * kK * 99 / 100);
    }
  }
}

TEST_P(WalkTargetsTest, LayOutGraphsThatAreSearchedWell) {
  for (const auto& [metric, dimension] : kCases) {
    RowsAndQueries data = ClusteredRowsAndQueries(kRows, 40, dimension, 5);
    data.queries = AsQueries(metric, data.queries);
    const GraphLayouts layouts(
        TableOf(metric, data.rows),
        {.flat_degrees = {32}, .compact = false, .build_effort = 30});
    for (const auto& layout : layouts.all()) {
      SCOPED_TRACE(layout.name + " dimension " + std::to_string(dimension));
      size_t found = 0;
      for (const std::vector<float>& query : data.queries) {
        SearchTask task{.query = query, .k = kK, .effort = kEffort};
        layout.searcher->Search(&task);
        found += CountTrue(layouts.table(), task);
      }
      const size_t wanted = data.queries.size() * kK;
      EXPECT_GE(found, wanted * (layout.name == "rows1" ? 88 : 94) / 100);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachTarget, WalkTargetsTest,
                         testing::ValuesIn(TargetsOfThisMachine()),
                         TargetTestName);

}  // namespace
}  // namespace akin
