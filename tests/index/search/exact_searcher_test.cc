#include "index/search/exact_searcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/exact_fixture.h"
#include "tests/support/hard_rows.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using testing::IsEmpty;

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

class ExactSearcherTest : public testing::TestWithParam<Metric> {};

TEST_P(ExactSearcherTest, EqualsScoringEveryRowOnHardData) {
  for (const std::string& kind : HardKinds()) {
    for (const size_t dimension : {1, 2, 7, 31, 33, 50, 64, 130}) {
      SCOPED_TRACE(kind + " dimension " + std::to_string(dimension));
      const Searched searched(GetParam(), HardRows(kind, 700, dimension, 3));
      const Rows others = HardRows(kind, 3, dimension, 99);
      for (const size_t k : {1, 10, 60}) {
        for (const auto& [id, values] : others) {
          const std::vector<float> query = searched.Query(values);
          ExpectExact(searched, {.query = query, .k = k});
        }
        ExpectExact(searched,
                    {.query = searched.table().SearchVector(5), .k = k});
      }
      if (HasFailure()) return;
    }
  }
}

TEST_P(ExactSearcherTest, EqualsDoublePrecision) {
  for (const size_t dimension : {3, 300, 784}) {
    const Searched searched(GetParam(), RandomRows(900, dimension, 4));
    for (uint32_t seed = 50; seed < 55; ++seed) {
      const std::vector<float> query =
          searched.Query(RandomRows(1, dimension, seed)[0].second);
      std::vector<double> truth;
      for (uint32_t row = 0; row < 900; ++row) {
        truth.push_back(TrueScore(searched.table(), query, row));
      }
      std::sort(truth.rbegin(), truth.rend());
      const SearchTask task =
          SearchWith(searched.coded(), {.query = query, .k = 20});
      ASSERT_EQ(task.neighbors.size(), 20u);
      for (size_t i = 0; i < 20; ++i) {
        const double tolerance = 1e-5 * (1 + std::abs(truth[i]));
        EXPECT_NEAR(task.neighbors[i].score, truth[i], tolerance);
        EXPECT_NEAR(TrueScore(searched.table(), query, task.neighbors[i].row),
                    truth[i], tolerance);
      }
    }
  }
}

// Many small random cases: a true neighbour that a bound loses shows here.
TEST_P(ExactSearcherTest, LosesNoNeighbourInManyRandomCases) {
  std::mt19937 random(1);
  for (uint32_t seed = 0; seed < 150; ++seed) {
    const std::string& kind = HardKinds()[random() % HardKinds().size()];
    const size_t dimension = 1 + random() % 40;
    const size_t count = 1 + random() % 400;
    SCOPED_TRACE(kind + " seed " + std::to_string(seed));
    const Searched searched(GetParam(), HardRows(kind, count, dimension, seed));
    const std::vector<float> query =
        searched.Query(HardRows(kind, 1, dimension, 1000 + seed)[0].second);
    ExpectExact(searched, {.query = query, .k = 1 + random() % 30});
    if (HasFailure()) return;
  }
}

TEST_P(ExactSearcherTest, ZeroQueryAndOneComponentQuery) {
  const Searched searched(GetParam(), RandomRows(500, 12, 5));
  std::vector<float> query(12);
  if (GetParam() != Metric::kCosine) {
    ExpectExact(searched, {.query = query, .k = 9});
  }
  query[4] = 1;
  ExpectExact(searched, {.query = query, .k = 9});
}

TEST_P(ExactSearcherTest, FewRowsAndNone) {
  for (const size_t count : {1, 2, 9}) {
    const Searched searched(GetParam(), RandomRows(count, 6, 6));
    for (const size_t k : {1, 5, 100}) {
      ExpectExact(searched,
                  {.query = searched.table().SearchVector(0), .k = k});
    }
    ExpectExact(
        searched,
        {.query = searched.table().SearchVector(0), .k = 5, .hidden_row = 0});
  }
  const Table none = TableBuilder("t", 6, {.metric = GetParam()}).Build();
  ASSERT_EQ(none.rows(), 0u);
  const ExactSearcher searcher(&none);
  const std::vector<float> query = {1, 0, 0, 0, 0, 0};
  std::vector<SearchTask> tasks(20, SearchTask{.query = query, .k = 3});
  WorkerPool pool(2);
  searcher.Search(&tasks[0]);
  searcher.BatchSearch(absl::MakeSpan(tasks), &pool);
  for (const SearchTask& task : tasks) {
    EXPECT_THAT(task.neighbors, IsEmpty());
    EXPECT_TRUE(task.stats.exact);
  }
}

TEST_P(ExactSearcherTest, ReadsFewVectorsOnPlainData) {
  const Searched searched(GetParam(), RandomRows(5000, 32, 7));
  const std::vector<float> query =
      searched.Query(RandomRows(1, 32, 70)[0].second);
  const SearchTask coded =
      SearchWith(searched.coded(), {.query = query, .k = 10});
  EXPECT_EQ(coded.stats.distances, 5000u);
  EXPECT_GE(coded.stats.reranks, 10u);
  EXPECT_LT(coded.stats.reranks, 200u);
  const SearchTask plain =
      SearchWith(searched.plain(), {.query = query, .k = 10});
  EXPECT_EQ(plain.stats.distances, 5000u);
  EXPECT_EQ(plain.stats.reranks, 0u);
  EXPECT_EQ(plain.stats.lines, 5000u * 32 * 4 / 64);
  EXPECT_LT(coded.stats.lines, plain.stats.lines);
}

TEST_P(ExactSearcherTest, BatchesEqualSinglesOnHardData) {
  for (const std::string& kind : HardKinds()) {
    SCOPED_TRACE(kind);
    const Searched searched(GetParam(), HardRows(kind, 900, 21, 8));
    std::vector<std::vector<float>> queries;
    for (auto& [id, values] : HardRows(kind, 37, 21, 80)) {
      queries.push_back(searched.Query(values));
    }
    ASSERT_NO_FATAL_FAILURE(ExpectBatchIsExact(searched, Batch(queries)));
  }
}

// Rows are cut into ranges when there are few queries and many rows; queries
// into groups when there are many.
TEST_P(ExactSearcherTest, BatchesOfAllSizes) {
  const Searched searched(GetParam(), RandomRows(9000, 9, 9));
  for (const size_t count : {0, 1, 3, 4, 5, 16, 33, 140, 700}) {
    std::vector<std::vector<float>> queries;
    for (auto& [id, values] : RandomRows(count, 9, 90)) {
      queries.push_back(searched.Query(values));
    }
    WorkerPool pool(3);
    for (const ExactSearcher* searcher : searched.both()) {
      std::vector<SearchTask> batch = Batch(queries);
      searcher->BatchSearch(absl::MakeSpan(batch), &pool);
      for (size_t i = 0; i < count; i += 1 + count / 10) {
        EXPECT_EQ(batch[i].neighbors, Expected(searched.table(), batch[i]));
      }
    }
  }
}

TEST_P(ExactSearcherTest, EveryDimensionInABatch) {
  for (size_t dimension = 1; dimension <= 130;
       dimension += 1 + dimension / 16) {
    const Searched searched(GetParam(), RandomRows(300, dimension, 10));
    std::vector<std::vector<float>> queries;
    for (auto& [id, values] : RandomRows(5, dimension, 91)) {
      queries.push_back(searched.Query(values));
    }
    std::vector<SearchTask> tasks = Batch(queries);
    ASSERT_NO_FATAL_FAILURE(ExpectBatchIsExact(searched, tasks)) << dimension;
  }
}

TEST_P(ExactSearcherTest, AnswersFromDecodedCodesAlone) {
  for (const char* kind : {"Normal", "HeavyTails", "LengthsVary"}) {
    const Searched searched(GetParam(), HardRows(kind, 1500, 19, 16));
    const ExactSearcher searcher(&searched.table(), &searched.codes(),
                                 Scored::kDecoded);
    std::vector<std::vector<float>> queries;
    for (auto& [id, values] : RandomRows(12, 19, 94)) {
      queries.push_back(searched.Query(values));
    }
    std::vector<SearchTask> batch = Batch(queries);
    batch.push_back({.query = queries[0], .k = 700});
    std::vector<SearchTask> singles = batch;
    WorkerPool pool(2);
    searcher.BatchSearch(absl::MakeSpan(batch), &pool);
    for (size_t i = 0; i < batch.size(); ++i) {
      std::vector<Neighbor> expected;
      std::vector<float> decoded(searched.codes().dimension());
      for (uint32_t row = 0; row < 1500; ++row) {
        searched.codes().Decode(row, decoded.data());
        expected.push_back({row, KernelScore(searched.table(), batch[i].query,
                                             decoded.data())});
      }
      std::sort(expected.begin(), expected.end(), Better);
      expected.resize(batch[i].k);
      searcher.Search(&singles[i]);
      EXPECT_EQ(singles[i].neighbors, expected);
      EXPECT_EQ(batch[i].neighbors, expected);
    }
  }
}

TEST_P(ExactSearcherTest, ManyThreadsAtOnceAndTablesInTurn) {
  // Scratch is a thread's, whatever it searched before.
  const Searched small(GetParam(), RandomRows(900, 5, 17));
  const Searched large(GetParam(), RandomRows(3000, 70, 18));
  WorkerPool pool(2);
  const auto search_both = [&] {
    for (const Searched* searched : {&small, &large, &small}) {
      const size_t dimension = searched->table().dimension();
      std::vector<std::vector<float>> queries;
      for (auto& [id, values] : RandomRows(9, dimension, 95)) {
        queries.push_back(searched->Query(values));
      }
      for (const ExactSearcher* searcher : searched->both()) {
        std::vector<SearchTask> batch = Batch(queries);
        searcher->BatchSearch(absl::MakeSpan(batch), &pool);
        const SearchTask single = SearchWith(*searcher, batch[0]);
        EXPECT_EQ(single.neighbors, batch[0].neighbors);
        EXPECT_EQ(single.neighbors, Expected(searched->table(), batch[0]));
      }
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int i = 0; i < 3; ++i) threads.emplace_back(search_both);
  for (std::thread& thread : threads) thread.join();
}

INSTANTIATE_TEST_SUITE_P(EachMetric, ExactSearcherTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

}  // namespace
}  // namespace akin
