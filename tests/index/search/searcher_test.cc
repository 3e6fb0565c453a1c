// What holds for every graph searcher, whatever its layout and metric.

#include "index/search/searcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/brute_force.h"
#include "tests/support/clustered_data.h"
#include "tests/support/graph_layouts.h"

namespace akin {
namespace {

using testing::IsEmpty;

constexpr size_t kRows = 1000;
constexpr size_t kDimension = 20;
constexpr size_t kEffort = 48;

// All rows with the scores that exact search gives them.
std::vector<float> ExactScores(const Searcher& exact,
                               absl::Span<const float> query) {
  SearchTask task{.query = query, .k = kRows};
  exact.Search(&task);
  std::vector<float> scores(kRows);
  for (const Neighbor& near : task.neighbors) scores[near.row] = near.score;
  return scores;
}

RowSet RandomSet(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  RowSet set(kRows);
  while (set.count() < count) set.Add(random() % kRows);
  return set;
}

class SearcherTest : public testing::TestWithParam<Metric> {
 protected:
  static RowsAndQueries Data() {
    RowsAndQueries data = ClusteredRowsAndQueries(kRows, 20, kDimension, 7);
    data.queries = AsQueries(GetParam(), data.queries);
    return data;
  }

  const RowsAndQueries data_ = Data();
  const GraphLayouts layouts_{TableOf(GetParam(), data_.rows),
                              {.build_effort = 30}};
};

void CheckAnswer(const GraphLayouts::Layout& layout, SearchTask task,
                 const std::vector<float>& exact_scores) {
  layout.searcher->Search(&task);
  size_t reach = task.allowed == nullptr ? kRows : task.allowed->count();
  if (task.hidden_row != kNoRow &&
      (task.allowed == nullptr || task.allowed->Contains(task.hidden_row))) {
    --reach;
  }
  ASSERT_EQ(task.neighbors.size(), std::min(task.k, reach));
  EXPECT_FALSE(task.stopped);
  std::set<uint32_t> rows;
  for (size_t i = 0; i < task.neighbors.size(); ++i) {
    const Neighbor& near = task.neighbors[i];
    ASSERT_LT(near.row, kRows);
    EXPECT_TRUE(InReach(task, near.row)) << near.row;
    EXPECT_TRUE(rows.insert(near.row).second) << near.row << " twice";
    EXPECT_EQ(near.score, exact_scores[near.row]) << near.row;
    EXPECT_TRUE(i == 0 || Better(task.neighbors[i - 1], near)) << "at " << i;
  }
}

TEST_P(SearcherTest, AnswersAreSortedUniqueInReachAndScoredAsByExactSearch) {
  const RowSet most = RandomSet(kRows * 9 / 10, 1);
  const RowSet few = RandomSet(4, 2);
  for (const auto& layout : layouts_.all()) {
    for (const std::vector<float>& query : data_.queries) {
      const std::vector<float> scores = ExactScores(*layout.exact, query);
      const auto best = static_cast<uint32_t>(
          std::max_element(scores.begin(), scores.end()) - scores.begin());
      for (const size_t k : {1, 10, 37}) {
        for (const uint32_t hidden : {kNoRow, best, 3u}) {
          for (const RowSet* allowed :
               {static_cast<const RowSet*>(nullptr), &most, &few}) {
            SCOPED_TRACE(layout.name + " k " + std::to_string(k));
            CheckAnswer(layout,
                        {.query = query,
                         .k = k,
                         .effort = kEffort,
                         .allowed = allowed,
                         .hidden_row = hidden},
                        scores);
          }
        }
        if (HasFailure()) return;
      }
    }
  }
}

TEST_P(SearcherTest, GivesAllRowsWhenMoreAreAsked) {
  const std::vector<float>& query = data_.queries[0];
  for (const auto& layout : layouts_.all()) {
    const std::vector<float> scores = ExactScores(*layout.exact, query);
    for (const size_t k : {kRows - 1, kRows, kRows + 1, size_t{100'000}}) {
      for (const size_t effort : {size_t{0}, kEffort, kRows}) {
        SCOPED_TRACE(layout.name + " k " + std::to_string(k));
        CheckAnswer(layout, {.query = query, .k = k, .effort = effort}, scores);
      }
    }
  }
}

// The graph is walked, and says what that took.
TEST_P(SearcherTest, CountsWhatItDoes) {
  for (const auto& layout : layouts_.all()) {
    SCOPED_TRACE(layout.name);
    EXPECT_EQ(layout.searcher->kind(), IndexKind::kGraph);
    EXPECT_GE(layout.searcher->memory_bytes(), kRows * 32 * sizeof(uint32_t));
    uint64_t saved = 0;
    for (const std::vector<float>& query : data_.queries) {
      SearchTask task{.query = query, .k = 10, .effort = kEffort};
      layout.searcher->Search(&task);
      EXPECT_FALSE(task.stats.exact);
      EXPECT_GE(task.stats.hops, 10u);
      EXPECT_GT(task.stats.distances, task.stats.hops);
      EXPECT_GE(task.stats.reranks, 10u);
      EXPECT_GE(task.stats.lines, task.stats.hops);
      SearchTask wider{.query = query, .k = 10, .effort = 2 * kEffort};
      layout.searcher->Search(&wider);
      EXPECT_GT(wider.stats.hops, task.stats.hops);
      // A walk that may give up early.
      SearchTask early{.query = query, .k = 10, .effort = 2 * kEffort};
      layout.searcher->SetStopFactor(1.0f);
      layout.searcher->Search(&early);
      layout.searcher->SetStopFactor(0);
      EXPECT_EQ(early.neighbors.size(), 10u);
      EXPECT_LE(early.stats.hops, wider.stats.hops);
      saved += wider.stats.hops - early.stats.hops;
    }
    // Under dot a distance is mostly its constant part: nothing is far.
    if (GetParam() != Metric::kDot) {
      EXPECT_GT(saved, 0u);
    }
  }
}

// Also when other graphs were searched in between by the same thread.
TEST_P(SearcherTest, RepetitionsAndBatchesGiveTheSameAnswer) {
  const GraphLayouts other(
      TableOf(GetParam(), ClusteredVectors(1500, 33, 8)),
      {.flat_degrees = {32}, .row_bits = {2}, .build_effort = 20});
  const Vectors other_queries =
      AsQueries(GetParam(), ClusteredVectors(1, 33, 9));
  WorkerPool pool(3);
  for (const auto& layout : layouts_.all()) {
    SCOPED_TRACE(layout.name);
    std::vector<SearchTask> batch;
    for (size_t i = 0; i < data_.queries.size(); ++i) {
      batch.push_back(
          {.query = data_.queries[i], .k = 1 + i, .effort = kEffort});
    }
    layout.searcher->BatchSearch(absl::MakeSpan(batch), &pool);
    for (const SearchTask& task : batch) {
      for (const auto& in_between : other.all()) {
        SearchTask elsewhere{.query = other_queries[0], .k = 10, .effort = 20};
        in_between.searcher->Search(&elsewhere);
      }
      SearchTask single{.query = task.query, .k = task.k, .effort = kEffort};
      layout.searcher->Search(&single);
      EXPECT_EQ(single.neighbors, task.neighbors);
    }
  }
}

TEST_P(SearcherTest, SearchesFromManyThreadsAtOnce) {
  for (const auto& layout : layouts_.all()) {
    SCOPED_TRACE(layout.name);
    std::vector<std::vector<Neighbor>> expected;
    for (const std::vector<float>& query : data_.queries) {
      SearchTask task{.query = query, .k = 10, .effort = kEffort};
      layout.searcher->Search(&task);
      expected.push_back(task.neighbors);
    }
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = 0; i < 2 * data_.queries.size(); ++i) {
          const size_t n = (i * 7 + t) % data_.queries.size();
          SearchTask task{
              .query = data_.queries[n], .k = 10, .effort = kEffort};
          layout.searcher->Search(&task);
          EXPECT_EQ(task.neighbors, expected[n]);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

TEST_P(SearcherTest, StopsAtOnceWhenItsTimeIsOver) {
  const StopSignal late(StopSignal::Clock::now() - std::chrono::seconds(1));
  StopSignal cancelled;
  cancelled.Cancel();
  const std::vector<const StopSignal*> signals = {&late, &cancelled};
  const StopSignal never(StopSignal::Clock::now() + std::chrono::hours(1));
  for (const auto& layout : layouts_.all()) {
    SCOPED_TRACE(layout.name);
    for (const StopSignal* stop : signals) {
      // Both when the graph is walked and when it is not.
      for (const size_t k : {size_t{10}, kRows}) {
        SearchTask task{
            .query = data_.queries[0], .k = k, .effort = kEffort, .stop = stop};
        task.neighbors = {{1, 1}};
        layout.searcher->Search(&task);
        EXPECT_TRUE(task.stopped);
        EXPECT_THAT(task.neighbors, IsEmpty());
        EXPECT_LE(task.stats.hops, 64u);
      }
    }
    // A signal that does not come changes nothing.
    for (const std::vector<float>& query : data_.queries) {
      SearchTask free{.query = query, .k = 10, .effort = kEffort};
      SearchTask watched = free;
      watched.stop = &never;
      watched.stopped = true;  // of an earlier search
      layout.searcher->Search(&free);
      layout.searcher->Search(&watched);
      EXPECT_FALSE(watched.stopped);
      EXPECT_EQ(watched.neighbors, free.neighbors);
      EXPECT_EQ(watched.stats.hops, free.stats.hops);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachMetric, SearcherTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

}  // namespace
}  // namespace akin
