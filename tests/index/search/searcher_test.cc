// What holds for every searcher, exact and graph, under every metric.

#include "index/search/searcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "index/build/graph_builder.h"
#include "index/search/exact_searcher.h"
#include "index/search/graph_searcher.h"
#include "index/table/table_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

double TrueScore(const Table& table, absl::Span<const float> query,
                 uint32_t row) {
  const auto vector = table.SearchVector(row);
  double dot = 0;
  double l2 = 0;
  for (size_t i = 0; i < query.size(); ++i) {
    dot += double{query[i]} * vector[i];
    l2 += (double{query[i]} - vector[i]) * (double{query[i]} - vector[i]);
  }
  return table.metric() == Metric::kL2 ? -l2 : dot;
}

std::vector<double> TrueBestScores(const Table& table,
                                   absl::Span<const float> query, size_t k) {
  std::vector<double> scores;
  for (uint32_t row = 0; row < table.rows(); ++row) {
    scores.push_back(TrueScore(table, query, row));
  }
  std::sort(scores.rbegin(), scores.rend());
  scores.resize(std::min(k, scores.size()));
  return scores;
}

std::vector<float> Query(const Table& table, uint32_t seed) {
  std::vector<float> query = RandomRows(1, table.dimension(), seed)[0].second;
  if (table.metric() == Metric::kCosine) Normalise(absl::MakeSpan(query));
  return query;
}

Graph BuildOrDie(const Table& table) {
  auto graph = BuildGraph(table, {.threads = 1});
  EXPECT_THAT(graph, IsOk());
  return *std::move(graph);
}

class SearcherTest : public testing::TestWithParam<Metric> {
 protected:
  // Large enough that the graph is walked rather than scanned.
  Table table_ = MakeTable("t", GetParam(), RandomRows(4000, 20, 7));
};

TEST_P(SearcherTest, ExactEqualsBruteForceInDoublePrecision) {
  const ExactSearcher searcher(&table_);
  for (uint32_t seed = 100; seed < 120; ++seed) {
    const std::vector<float> query = Query(table_, seed);
    SearchTask task{.query = query, .k = 25};
    searcher.Search(&task);
    const std::vector<double> truth = TrueBestScores(table_, query, 25);
    ASSERT_EQ(task.neighbors.size(), 25u);
    for (size_t i = 0; i < 25; ++i) {
      EXPECT_NEAR(task.neighbors[i].score, truth[i], 1e-4);
      EXPECT_NEAR(task.neighbors[i].score,
                  TrueScore(table_, query, task.neighbors[i].row), 1e-4);
    }
    EXPECT_TRUE(task.stats.exact);
    EXPECT_EQ(task.stats.distances, 4000u);
  }
}

TEST_P(SearcherTest, GraphAnswersAreSortedUniqueTrueScoresAndMostlyRight) {
  const GraphSearcher searcher(&table_, BuildOrDie(table_));
  size_t found = 0;
  for (uint32_t seed = 100; seed < 150; ++seed) {
    const std::vector<float> query = Query(table_, seed);
    SearchTask task{.query = query, .k = 10};
    searcher.Search(&task);
    ASSERT_EQ(task.neighbors.size(), 10u);
    EXPECT_FALSE(task.stats.exact);
    EXPECT_LT(task.stats.distances, 4000u);
    std::set<uint32_t> rows;
    for (size_t i = 0; i < 10; ++i) {
      const Neighbor& near = task.neighbors[i];
      EXPECT_TRUE(rows.insert(near.row).second);
      EXPECT_NEAR(near.score, TrueScore(table_, query, near.row), 1e-4);
      EXPECT_TRUE(i == 0 || Better(task.neighbors[i - 1], near));
    }
    const double worst = TrueBestScores(table_, query, 10).back();
    found += static_cast<size_t>(std::count_if(
        task.neighbors.begin(), task.neighbors.end(),
        [&](const Neighbor& n) { return n.score >= worst - 1e-5; }));
  }
  EXPECT_GE(found, 475u);  // recall@10 of 0.95
}

TEST_P(SearcherTest, BatchesAndRepetitionsGiveTheSameAnswer) {
  const GraphSearcher graph(&table_, BuildOrDie(table_));
  const ExactSearcher exact(&table_);
  WorkerPool pool(3);
  for (const Searcher* searcher : {static_cast<const Searcher*>(&graph),
                                   static_cast<const Searcher*>(&exact)}) {
    std::vector<std::vector<float>> queries;
    std::vector<SearchTask> batch;
    for (uint32_t seed = 0; seed < 40; ++seed) {
      queries.push_back(Query(table_, seed));
    }
    for (size_t i = 0; i < queries.size(); ++i) {
      batch.push_back({.query = queries[i], .k = 1 + i});
    }
    searcher->BatchSearch(absl::MakeSpan(batch), &pool);
    for (const SearchTask& task : batch) {
      SearchTask single{.query = task.query, .k = task.k};
      searcher->Search(&single);
      EXPECT_EQ(single.neighbors, task.neighbors);
    }
  }
}

TEST_P(SearcherTest, GivesAllRowsWhenMoreAreAsked) {
  const GraphSearcher graph(&table_, BuildOrDie(table_));
  const std::vector<float> query = Query(table_, 5);
  for (const size_t k : {3999, 4000, 10000}) {
    SearchTask task{.query = query, .k = k};
    graph.Search(&task);
    EXPECT_EQ(task.neighbors.size(), std::min<size_t>(k, 4000));
  }
}

TEST_P(SearcherTest, SearchesFromManyThreadsAtOnce) {
  const GraphSearcher graph(&table_, BuildOrDie(table_));
  const std::vector<float> query = Query(table_, 5);
  SearchTask expected{.query = query, .k = 10};
  graph.Search(&expected);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        SearchTask task{.query = query, .k = 10};
        graph.Search(&task);
        EXPECT_EQ(task.neighbors, expected.neighbors);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

INSTANTIATE_TEST_SUITE_P(EachMetric, SearcherTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

// Data that breaks graphs: the answer is still min(k, rows) rows, each once.
class AdversarialTest : public testing::TestWithParam<const char*> {
 protected:
  static Rows Data() {
    const std::string kind = GetParam();
    Rows rows = RandomRows(2500, 4, 3);
    if (kind == "AllEqual") {
      for (auto& [id, vector] : rows) vector = {1, 2, 3, 4};
    } else if (kind == "TwoCopiesOfEach") {
      for (size_t i = 1; i < rows.size(); i += 2) {
        rows[i].second = rows[i - 1].second;
      }
    } else if (kind == "TwoFarClusters") {
      for (size_t i = 0; i < rows.size(); ++i) {
        for (float& x : rows[i].second)
          x = x * 0.01f + (i % 2 ? 100.0f : -100.0f);
      }
    } else if (kind == "Tiny") {
      for (auto& [id, vector] : rows)
        for (float& x : vector) x *= 1e-30f;
    } else if (kind == "Huge") {
      for (auto& [id, vector] : rows)
        for (float& x : vector) x *= 1e15f;
    } else if (kind == "OneDimension") {
      for (auto& [id, vector] : rows) vector.resize(1);
    } else if (kind == "OneRow") {
      rows.resize(1);
    } else if (kind == "FewerRowsThanLinks") {
      rows.resize(7);
    }
    return rows;
  }
};

TEST_P(AdversarialTest, NothingIsMissingOrTwice) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const Table table = MakeTable("t", metric, Data());
    const GraphSearcher searcher(&table, BuildOrDie(table), 32);
    for (uint32_t row = 0; row < table.rows(); row += 97) {
      SearchTask task{.query = table.SearchVector(row), .k = 10};
      searcher.Search(&task);
      std::set<uint32_t> rows;
      for (const Neighbor& near : task.neighbors) {
        rows.insert(near.row);
        EXPECT_TRUE(std::isfinite(near.score));
      }
      EXPECT_EQ(rows.size(), std::min<size_t>(10, table.rows()));
      EXPECT_EQ(rows.size(), task.neighbors.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachKind, AdversarialTest,
                         testing::Values("AllEqual", "TwoCopiesOfEach",
                                         "TwoFarClusters", "Tiny", "Huge",
                                         "OneDimension", "OneRow",
                                         "FewerRowsThanLinks"),
                         [](const auto& info) { return info.param; });

TEST(ExactSearcher, BreaksTiesByRow) {
  const Table table = MakeTable("t", Metric::kCosine,
                                {{"a", {1, 0}},
                                 {"b", {2, 0}},
                                 {"c", {0, 1}},
                                 {"d", {3, 0}},
                                 {"e", {4, 0}}});
  const ExactSearcher searcher(&table);
  SearchTask task{.query = table.SearchVector(0), .k = 3};
  searcher.Search(&task);
  ASSERT_EQ(task.neighbors.size(), 3u);
  EXPECT_EQ(task.neighbors[0].row, 0u);
  EXPECT_EQ(task.neighbors[1].row, 1u);
  EXPECT_EQ(task.neighbors[2].row, 3u);
}

TEST(BuildGraph, ReportsProgressAndCanBeCancelled) {
  const Table table = MakeTable("t", Metric::kCosine, RandomRows(5000, 8, 1));
  std::vector<uint64_t> seen;
  const auto graph = BuildGraph(table, {.threads = 1}, [&](uint64_t rows) {
    seen.push_back(rows);
    return true;
  });
  EXPECT_THAT(graph, IsOk());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 5000u);
  EXPECT_THAT(BuildGraph(table, {.threads = 1}, [](uint64_t) { return false; }),
              IsStatus(absl::StatusCode::kCancelled, testing::_));
}

TEST(BuildGraph, LinksAreRowsOfTheTable) {
  const Table table = MakeTable("t", Metric::kL2, RandomRows(3000, 8, 1));
  const Graph graph = BuildOrDie(table);
  EXPECT_EQ(graph.base_links.size(), 3000 * graph.base_degree);
  for (const auto& links : {graph.base_links, graph.upper_links}) {
    for (const uint32_t link : links) {
      EXPECT_TRUE(link == kNoRow || link < 3000);
    }
  }
  EXPECT_LT(graph.entry, 3000u);
  EXPECT_GE(graph.top_level, 1u);
}

}  // namespace
}  // namespace akin
