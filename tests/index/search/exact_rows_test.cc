// Which rows an exact search may answer with, and when it must give up.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "index/search/exact_searcher.h"
#include "index/search/task_rows.h"
#include "tests/support/exact_fixture.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using testing::IsEmpty;

class ExactRowsTest : public testing::TestWithParam<Metric> {};

RowSet RandomSet(size_t rows, double share, uint32_t seed) {
  std::mt19937 random(seed);
  std::bernoulli_distribution in(share);
  RowSet set(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    if (in(random)) set.Add(row);
  }
  return set;
}

TEST_P(ExactRowsTest, AnswersOnlyFromTheAllowedRows) {
  constexpr size_t kRows = 5000;
  const Searched searched(GetParam(), RandomRows(kRows, 17, 11));
  const std::vector<float> query =
      searched.Query(RandomRows(1, 17, 92)[0].second);
  std::vector<RowSet> sets;
  for (const double share : {0.0, 0.001, 0.01, 0.1, 0.5, 0.99, 1.0}) {
    sets.push_back(RandomSet(kRows, share, 12));
  }
  // Correlated with the query: its nearest rows, and its farthest.
  const std::vector<Neighbor> order =
      Expected(searched.table(), {.query = query, .k = kRows});
  RowSet nearest(kRows);
  RowSet farthest(kRows);
  for (size_t i = 0; i < kRows / 2; ++i) {
    nearest.Add(order[i].row);
    farthest.Add(order[kRows - 1 - i].row);
  }
  sets.push_back(nearest);
  sets.push_back(farthest);
  std::vector<SearchTask> batch;
  for (const RowSet& set : sets) {
    for (const size_t k : {1, 10, 200, 6000}) {
      for (const uint32_t hidden : {kNoRow, order[0].row, order[4999].row}) {
        const SearchTask task{
            .query = query, .k = k, .allowed = &set, .hidden_row = hidden};
        ExpectExact(searched, task);
        batch.push_back(task);
      }
    }
  }
  ExpectBatchIsExact(searched, batch);
}

TEST_P(ExactRowsTest, HiddenRowsDoNotExist) {
  const Searched searched(GetParam(), RandomRows(2000, 17, 13));
  std::vector<SearchTask> batch;
  for (uint32_t row = 0; row < 2000; row += 37) {
    const SearchTask task{
        .query = searched.table().SearchVector(row), .k = 5, .hidden_row = row};
    ExpectExact(searched, task);
    for (const Neighbor& near : SearchWith(searched.coded(), task).neighbors) {
      EXPECT_NE(near.row, row);
    }
    batch.push_back(task);
  }
  ExpectBatchIsExact(searched, batch);
}

TEST_P(ExactRowsTest, StopsWhenToldTo) {
  const Searched searched(GetParam(), RandomRows(3000, 17, 14));
  const std::vector<float> query =
      searched.Query(RandomRows(1, 17, 93)[0].second);
  StopSignal cancelled;
  cancelled.Cancel();
  const StopSignal late(StopSignal::Clock::now() - std::chrono::seconds(1));
  const StopSignal never;
  const RowSet few = RandomSet(3000, 0.05, 15);
  const RowSet most = RandomSet(3000, 0.9, 15);
  WorkerPool pool(2);
  for (const ExactSearcher* searcher : searched.both()) {
    for (const RowSet* allowed :
         {static_cast<const RowSet*>(nullptr), &few, &most}) {
      std::vector<SearchTask> batch;
      for (size_t i = 0; i < 30; ++i) {
        const StopSignal* const stops[] = {&cancelled, &late, &never, nullptr};
        batch.push_back({.query = query,
                         .k = i % 2 == 0 ? size_t{7} : size_t{2000},
                         .allowed = allowed,
                         .stop = stops[i % 4]});
        const SearchTask single = SearchWith(*searcher, batch.back());
        EXPECT_EQ(single.stopped, i % 4 < 2);
        EXPECT_EQ(single.neighbors.empty(), i % 4 < 2);
      }
      searcher->BatchSearch(absl::MakeSpan(batch), &pool);
      for (size_t i = 0; i < batch.size(); ++i) {
        EXPECT_EQ(batch[i].stopped, i % 4 < 2);
        if (batch[i].stopped) {
          EXPECT_THAT(batch[i].neighbors, IsEmpty());
        } else {
          EXPECT_EQ(batch[i].neighbors, Expected(searched.table(), batch[i]));
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachMetric, ExactRowsTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

TEST(StopPoll, AsksOncePerMebibyte) {
  StopSignal stop;
  StopPoll poll(&stop);
  EXPECT_FALSE(poll.AtStart());
  EXPECT_FALSE(poll.After(1 << 20));
  stop.Cancel();
  EXPECT_FALSE(poll.After(1000));
  EXPECT_FALSE(poll.After((1 << 20) - 1001));
  EXPECT_TRUE(poll.After(1));
  EXPECT_TRUE(poll.AtStart());
  StopPoll none(nullptr);
  EXPECT_FALSE(none.After(size_t{1} << 40));
}

TEST(RowsInReach, CountsWhatMayAnswer) {
  RowSet set(100);
  for (const uint32_t row : {3, 50, 99}) set.Add(row);
  EXPECT_EQ(RowsInReach({}, 100), 100u);
  EXPECT_EQ(RowsInReach({.query = {}, .hidden_row = 7}, 100), 99u);
  EXPECT_EQ(RowsInReach({.query = {}, .hidden_row = 100}, 100), 100u);
  EXPECT_EQ(RowsInReach({.query = {}, .allowed = &set}, 100), 3u);
  EXPECT_EQ(RowsInReach({.query = {}, .allowed = &set, .hidden_row = 50}, 100),
            2u);
  EXPECT_EQ(RowsInReach({.query = {}, .allowed = &set, .hidden_row = 51}, 100),
            3u);
}

}  // namespace
}  // namespace akin
