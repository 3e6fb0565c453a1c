// A filter may allow any rows, also just those that are far from the query.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "index/search/graph_searcher.h"
#include "tests/support/brute_force.h"
#include "tests/support/clustered_data.h"
#include "tests/support/graph_layouts.h"

namespace akin {
namespace {

constexpr size_t kRows = 2400;

enum class Allows { kRandomRows, kNearestRows, kFarthestRows };

const char* Name(Allows allows) {
  switch (allows) {
    case Allows::kRandomRows:
      return "random rows";
    case Allows::kNearestRows:
      return "the nearest rows";
    case Allows::kFarthestRows:
      return "the farthest rows";
  }
  return "";
}

// The table's rows, nearest to the query first.
std::vector<uint32_t> Ranking(const Searcher& exact,
                              absl::Span<const float> query) {
  SearchTask task{.query = query, .k = kRows};
  exact.Search(&task);
  std::vector<uint32_t> rows;
  rows.reserve(kRows);
  for (const Neighbor& near : task.neighbors) rows.push_back(near.row);
  return rows;
}

RowSet MakeFilter(Allows allows, size_t count, std::vector<uint32_t> ranking) {
  if (allows == Allows::kFarthestRows) {
    std::reverse(ranking.begin(), ranking.end());
  } else if (allows == Allows::kRandomRows) {
    std::shuffle(ranking.begin(), ranking.end(),
                 std::mt19937(static_cast<uint32_t>(count)));
  }
  RowSet set(kRows);
  for (size_t i = 0; i < count; ++i) set.Add(ranking[i]);
  return set;
}

size_t Common(const std::vector<Neighbor>& a, const std::vector<Neighbor>& b) {
  return static_cast<size_t>(
      std::count_if(a.begin(), a.end(), [&](const Neighbor& near) {
        return std::any_of(b.begin(), b.end(), [&](const Neighbor& other) {
          return other.row == near.row;
        });
      }));
}

class GraphFilterTest : public testing::TestWithParam<Metric> {
 protected:
  static RowsAndQueries Data() {
    RowsAndQueries data = ClusteredRowsAndQueries(kRows, 10, 20, 11);
    data.queries = AsQueries(GetParam(), data.queries);
    return data;
  }

  // Recall against exact search with the same filter.
  double Recall(const GraphLayouts::Layout& layout, Allows allows, size_t count,
                size_t k) {
    size_t found = 0;
    size_t wanted = 0;
    for (const std::vector<float>& query : data_.queries) {
      std::vector<uint32_t>& ranking = rankings_[{layout.exact, query.data()}];
      if (ranking.empty()) ranking = Ranking(*layout.exact, query);
      const RowSet allowed = MakeFilter(allows, count, ranking);
      SearchTask task{.query = query,
                      .k = k,
                      .effort = EffortOf(layout),
                      .allowed = &allowed};
      SearchTask truth = task;
      layout.searcher->Search(&task);
      layout.exact->Search(&truth);
      EXPECT_EQ(task.neighbors.size(), std::min(k, count));
      for (const Neighbor& near : task.neighbors) {
        EXPECT_TRUE(allowed.Contains(near.row));
      }
      found += Common(task.neighbors, truth.neighbors);
      wanted += truth.neighbors.size();
      walked_ += !task.stats.exact;
    }
    return static_cast<double>(found) / static_cast<double>(wanted);
  }

  // What finds nearly all without a filter.
  static size_t EffortOf(const GraphLayouts::Layout& layout) {
    return layout.name == "rows1" ? 80 : GetParam() == Metric::kDot ? 64 : 32;
  }

  const RowsAndQueries data_ = Data();
  const GraphLayouts layouts_{
      TableOf(GetParam(), data_.rows),
      {.flat_degrees = {32}, .row_bits = {1, 2}, .build_effort = 50}};
  std::map<std::pair<const Searcher*, const float*>, std::vector<uint32_t>>
      rankings_;
  size_t walked_ = 0;  // queries
};

TEST_P(GraphFilterTest, AnyShareOfTheRowsIsSearchedWell) {
  for (const auto& layout : layouts_.all()) {
    for (const Allows allows :
         {Allows::kRandomRows, Allows::kNearestRows, Allows::kFarthestRows}) {
      for (const double share : {0.001, 0.01, 0.1, 0.5, 0.9, 0.99}) {
        const auto count = static_cast<size_t>(std::ceil(share * kRows));
        for (const size_t k : {1, 10}) {
          EXPECT_GE(Recall(layout, allows, count, k), 0.9)
              << layout.name << ": " << count << " allowed, " << Name(allows)
              << ", k " << k;
        }
      }
    }
    EXPECT_GT(walked_, 0u) << layout.name;
    walked_ = 0;
  }
}

// As many rows are forbidden around the query as a walk looks at.
TEST_P(GraphFilterTest, AHoleAroundTheQueryIsSeen) {
  for (const auto& layout : layouts_.all()) {
    for (const size_t forbidden : {3, 8, 12, 16, 20, 24, 28, 32, 36, 64, 128}) {
      for (const size_t k : {1, 3, 10}) {
        EXPECT_GE(Recall(layout, Allows::kFarthestRows, kRows - forbidden, k),
                  0.9)
            << layout.name << ": the nearest " << forbidden << " forbidden, k "
            << k;
      }
    }
  }
}

// A walk need not be as much longer as fewer rows are allowed.
TEST_P(GraphFilterTest, AFilterOfManyRowsTakesLittleMoreWork) {
  for (const auto& layout : layouts_.all()) {
    for (const auto& [share, most] :
         {std::pair(0.99, 1.5), std::pair(0.9, 1.75), std::pair(0.75, 2.0)}) {
      uint64_t with = 0;
      uint64_t without = 0;
      for (const std::vector<float>& query : data_.queries) {
        const auto count = static_cast<size_t>(share * kRows);
        const RowSet allowed = MakeFilter(Allows::kRandomRows, count,
                                          Ranking(*layout.exact, query));
        SearchTask task{.query = query, .k = 10, .effort = EffortOf(layout)};
        layout.searcher->Search(&task);
        EXPECT_FALSE(task.stats.exact);
        without += task.stats.distances;
        task.allowed = &allowed;
        layout.searcher->Search(&task);
        EXPECT_FALSE(task.stats.exact);
        with += task.stats.distances;
      }
      EXPECT_LE(static_cast<double>(with), most * static_cast<double>(without))
          << layout.name << ", share " << share;
    }
  }
}

TEST_P(GraphFilterTest, AllRowsNoRowsAndOneRow) {
  const RowSet none(kRows);
  RowSet one(kRows);
  one.Add(1234);
  RowSet all(kRows);
  for (uint32_t row = 0; row < kRows; ++row) all.Add(row);
  for (const auto& layout : layouts_.all()) {
    SCOPED_TRACE(layout.name);
    SearchTask task{
        .query = data_.queries[0], .k = 10, .effort = 32, .allowed = &all};
    layout.searcher->Search(&task);
    EXPECT_FALSE(task.stats.exact);
    EXPECT_EQ(task.neighbors.size(), 10u);
    for (const size_t k : {size_t{1}, size_t{10}, 2 * kRows}) {
      task.k = k;
      task.allowed = &none;
      task.hidden_row = kNoRow;
      layout.searcher->Search(&task);
      EXPECT_TRUE(task.neighbors.empty());
      task.allowed = &one;
      layout.searcher->Search(&task);
      ASSERT_EQ(task.neighbors.size(), 1u);
      EXPECT_EQ(task.neighbors[0].row, 1234u);
      task.hidden_row = 1234;
      layout.searcher->Search(&task);
      EXPECT_TRUE(task.neighbors.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachMetric, GraphFilterTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

}  // namespace
}  // namespace akin
