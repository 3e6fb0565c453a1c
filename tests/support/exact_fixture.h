// A table with every way to search it exactly, and what they must answer.

#ifndef AKIN_TESTS_SUPPORT_EXACT_FIXTURE_H_
#define AKIN_TESTS_SUPPORT_EXACT_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "index/kernels/distances.h"
#include "index/search/exact_searcher.h"
#include "index/search/task_rows.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {

class Searched {
 public:
  Searched(Metric metric, const Rows& rows)
      : table_(MakeTable("t", metric, rows)) {
    WorkerPool pool(1);
    auto codes = Codes::Encode(table_, &pool);
    EXPECT_THAT(codes, IsOk());
    codes_ = std::make_unique<Codes>(*std::move(codes));
    plain_ = std::make_unique<ExactSearcher>(&table_);
    coded_ = std::make_unique<ExactSearcher>(&table_, codes_.get());
  }

  const Table& table() const { return table_; }
  const Codes& codes() const { return *codes_; }
  const ExactSearcher& plain() const { return *plain_; }
  const ExactSearcher& coded() const { return *coded_; }
  std::vector<const ExactSearcher*> both() const {
    return {plain_.get(), coded_.get()};
  }
  std::vector<float> Query(std::vector<float> values) const {
    if (table_.metric() == Metric::kCosine) Normalise(absl::MakeSpan(values));
    return values;
  }

 private:
  Table table_;
  std::unique_ptr<Codes> codes_;
  std::unique_ptr<ExactSearcher> plain_;
  std::unique_ptr<ExactSearcher> coded_;
};

inline float KernelScore(const Table& table, absl::Span<const float> query,
                         const float* vector) {
  const Kernels& kernels = ActiveKernels();
  return table.metric() == Metric::kL2
             ? -kernels.l2(query.data(), vector, query.size())
             : kernels.dot(query.data(), vector, query.size());
}

// What the task must be answered with, to the bit.
inline std::vector<Neighbor> Expected(const Table& table,
                                      const SearchTask& task) {
  std::vector<Neighbor> all;
  for (uint32_t row = 0; row < table.rows(); ++row) {
    if (!MayAnswer(task, row)) continue;
    all.push_back(
        {row, KernelScore(table, task.query, table.SearchVector(row).data())});
  }
  std::sort(all.begin(), all.end(), Better);
  all.resize(std::min(all.size(), task.k));
  return all;
}

inline SearchTask SearchWith(const ExactSearcher& searcher, SearchTask task) {
  searcher.Search(&task);
  return task;
}

inline void ExpectExact(const Searched& searched, const SearchTask& task) {
  const std::vector<Neighbor> expected = Expected(searched.table(), task);
  for (const ExactSearcher* searcher : searched.both()) {
    const SearchTask answer = SearchWith(*searcher, task);
    EXPECT_EQ(answer.neighbors, expected) << "k " << task.k;
    EXPECT_TRUE(answer.stats.exact && !answer.stopped);
  }
}

// Tasks of a batch, each with its own query and k.
inline std::vector<SearchTask> Batch(
    const std::vector<std::vector<float>>& queries) {
  std::vector<SearchTask> tasks;
  tasks.reserve(queries.size());
  for (size_t i = 0; i < queries.size(); ++i) {
    tasks.push_back({.query = queries[i], .k = 1 + i % 40});
  }
  return tasks;
}

inline void ExpectBatchIsExact(const Searched& searched,
                               const std::vector<SearchTask>& tasks) {
  for (const size_t threads : {1, 3}) {
    WorkerPool pool(threads);
    for (const ExactSearcher* searcher : searched.both()) {
      std::vector<SearchTask> batch = tasks;
      searcher->BatchSearch(absl::MakeSpan(batch), &pool);
      for (size_t i = 0; i < batch.size(); ++i) {
        ASSERT_EQ(batch[i].neighbors, Expected(searched.table(), tasks[i]))
            << "task " << i << " of " << batch.size() << ", " << threads
            << " threads";
        EXPECT_TRUE(batch[i].stats.exact);
        EXPECT_EQ(batch[i].stats.distances,
                  RowsInReach(tasks[i], searched.table().rows()));
      }
    }
  }
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_EXACT_FIXTURE_H_
