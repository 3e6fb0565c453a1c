#include "index/build/graph_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "index/table/table_builder.h"
#include "tests/support/clustered_data.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

Codes CodesOf(Metric metric, const Vectors& vectors) {
  WorkerPool pool(1);
  return *Codes::Encode(TableOf(metric, vectors), &pool);
}

Graph BuildOrDie(const Codes& codes, const GraphOptions& options,
                 size_t threads = 1) {
  WorkerPool pool(threads);
  auto graph = BuildGraph(codes, options, &pool);
  EXPECT_THAT(graph, IsOk());
  return *std::move(graph);
}

size_t ListLength(const Graph& graph, size_t row) {
  const uint32_t* list = graph.Links(row);
  return static_cast<size_t>(std::find(list, list + graph.degree, kNoRow) -
                             list);
}

// Every link is another row, named once, and nothing stands behind a list's
// end.
void CheckLists(const Graph& graph) {
  for (uint32_t row = 0; row < graph.rows; ++row) {
    const uint32_t* list = graph.Links(row);
    const size_t length = ListLength(graph, row);
    std::set<uint32_t> links;
    for (size_t i = 0; i < length; ++i) {
      ASSERT_LT(list[i], graph.rows) << "row " << row;
      ASSERT_NE(list[i], row);
      ASSERT_TRUE(links.insert(list[i]).second) << "row " << row;
    }
    ASSERT_TRUE(std::all_of(list + length, list + graph.degree,
                            [](uint32_t link) { return link == kNoRow; }));
  }
}

size_t CountReached(const Graph& graph) {
  std::vector<bool> reached(graph.rows, false);
  std::vector<uint32_t> open;
  size_t count = 0;
  const auto reach = [&](uint32_t row) {
    if (reached[row]) return;
    reached[row] = true;
    ++count;
    open.push_back(row);
  };
  for (const uint32_t entry : graph.entries.rows) reach(entry);
  while (!open.empty()) {
    const uint32_t row = open.back();
    open.pop_back();
    for (size_t i = 0; i < ListLength(graph, row); ++i) {
      reach(graph.Links(row)[i]);
    }
  }
  return count;
}

void CheckEntries(const Entries& entries, size_t rows) {
  ASSERT_FALSE(entries.leaders.empty());
  const std::set<uint32_t> all(entries.rows.begin(), entries.rows.end());
  EXPECT_EQ(all.size(), entries.rows.size());
  EXPECT_LT(*all.rbegin(), rows);
  ASSERT_EQ(entries.begins.size(), entries.leaders.size() + 1);
  EXPECT_EQ(entries.begins.front(), 0);
  EXPECT_EQ(entries.begins.back(), entries.rows.size());
  for (size_t group = 0; group < entries.leaders.size(); ++group) {
    ASSERT_LT(entries.begins[group], entries.begins[group + 1]);
    EXPECT_LE(entries.begins[group + 1] - entries.begins[group], kMostInGroup);
    EXPECT_EQ(entries.rows[entries.begins[group]], entries.leaders[group]);
  }
}

void CheckGraph(const Graph& graph, size_t rows, uint32_t degree) {
  ASSERT_EQ(graph.rows, rows);
  ASSERT_EQ(graph.degree, degree);
  CheckEntries(graph.entries, rows);
  CheckLists(graph);
  EXPECT_EQ(CountReached(graph), rows);
}

class GraphBuilderTest : public testing::TestWithParam<Metric> {};

TEST_P(GraphBuilderTest, ListsAreFullAndAllRowsAreReached) {
  const Codes codes = CodesOf(GetParam(), ClusteredVectors(800, 20, 1));
  for (const uint32_t degree : {8, 32, 64}) {
    SCOPED_TRACE(degree);
    const Graph graph =
        BuildOrDie(codes, {.degree = degree, .build_effort = 40});
    CheckGraph(graph, 800, degree);
    for (size_t row = 0; row < graph.rows; ++row) {
      ASSERT_EQ(ListLength(graph, row), degree) << "row " << row;
    }
  }
}

TEST_P(GraphBuilderTest, SmallTables) {
  for (const size_t rows : {1, 2, 3, 7, 31, 32, 33, 34, 70, 300}) {
    const Codes codes = CodesOf(GetParam(), ClusteredVectors(rows, 8, 1));
    for (const uint32_t degree : {8, 32, 256}) {
      SCOPED_TRACE(std::to_string(rows) + " rows, degree " +
                   std::to_string(degree));
      const Graph graph = BuildOrDie(codes, {.degree = degree});
      CheckGraph(graph, rows, degree);
      for (size_t row = 0; row < rows; ++row) {
        EXPECT_EQ(ListLength(graph, row), std::min<size_t>(degree, rows - 1))
            << "row " << row;
      }
    }
  }
}

TEST_P(GraphBuilderTest, NumberOfThreadsDoesNotMatter) {
  const Codes codes = CodesOf(GetParam(), ClusteredVectors(1200, 12, 1));
  const GraphOptions options{.degree = 32, .build_effort = 30};
  const Graph one = BuildOrDie(codes, options, 1);
  for (const size_t threads : {1, 4}) {
    const Graph other = BuildOrDie(codes, options, threads);
    EXPECT_EQ(one.entries.leaders, other.entries.leaders);
    EXPECT_EQ(one.entries.rows, other.entries.rows);
    EXPECT_EQ(one.entries.begins, other.entries.begins);
    EXPECT_TRUE(std::equal(one.Links(0), one.Links(0) + one.rows * one.degree,
                           other.Links(0)))
        << threads << " threads";
  }
}

// Clusters that have nothing to do with each other, and rows that are equal.
TEST_P(GraphBuilderTest, PiecesAreConnected) {
  Vectors far = ClusteredVectors(1500, 24, 1);
  for (size_t i = 0; i < far.size(); ++i) {
    for (float& x : far[i]) x *= 0.001f;
    far[i][i % 24] += i % 48 < 24 ? 10.0f : -10.0f;
  }
  Vectors equal = ClusteredVectors(1500, 24, 1);
  for (size_t i = 30; i < equal.size(); ++i) equal[i] = equal[i % 30];
  Vectors same(1500, equal[0]);
  for (const Vectors& vectors : {far, equal, same}) {
    const Graph graph = BuildOrDie(CodesOf(GetParam(), vectors),
                                   {.degree = 32, .build_effort = 40});
    CheckGraph(graph, 1500, 32);
  }
}

INSTANTIATE_TEST_SUITE_P(EachMetric, GraphBuilderTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

TEST(BuildGraph, ReportsProgressAndCanBeCancelled) {
  const Codes codes = CodesOf(Metric::kCosine, ClusteredVectors(3000, 8, 1));
  WorkerPool pool(1);
  std::vector<uint64_t> seen;
  const GraphOptions options{.degree = 32, .build_effort = 20};
  EXPECT_THAT(BuildGraph(codes, options, &pool,
                         [&](uint64_t rows) {
                           seen.push_back(rows);
                           return true;
                         }),
              IsOk());
  ASSERT_GE(seen.size(), 3u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_LE(seen.back(), 3000u);
  EXPECT_GE(seen.back(), 1500u);
  size_t calls = 0;
  EXPECT_THAT(
      BuildGraph(codes, options, &pool,
                 [&](uint64_t rows) {
                   ++calls;
                   return rows < 1000;
                 }),
      IsStatus(absl::StatusCode::kCancelled, testing::HasSubstr("cancelled")));
  EXPECT_LT(calls, seen.size());
}

TEST(BuildGraph, ATableWithoutRowsHasNone) {
  WorkerPool pool(1);
  const Table table = TableBuilder("t", 8, {.metric = Metric::kL2}).Build();
  const auto codes = Codes::Encode(table, &pool);
  ASSERT_THAT(codes, IsOk());
  EXPECT_THAT(BuildGraph(*codes, {}, &pool),
              IsStatus(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("the table has 0")));
}

}  // namespace
}  // namespace akin
