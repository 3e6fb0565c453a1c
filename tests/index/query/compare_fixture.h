// Small versions that differ in a known way, to be compared.

#ifndef AKIN_TESTS_INDEX_QUERY_COMPARE_FIXTURE_H_
#define AKIN_TESTS_INDEX_QUERY_COMPARE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "index/query/compare_versions.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {

struct TestTable {
  std::string name;
  Rows rows;
  Metric metric = Metric::kCosine;
};

inline std::unique_ptr<IndexedTable> IndexedOf(const TestTable& table) {
  return std::make_unique<IndexedTable>(
      MakeTable(table.name, table.metric, table.rows));
}

inline Version VersionOf(int64_t number, const std::vector<TestTable>& tables,
                         const std::string& model = "movies") {
  std::vector<std::unique_ptr<const IndexedTable>> indexed;
  for (const TestTable& table : tables) indexed.push_back(IndexedOf(table));
  return Version(model, number, std::move(indexed));
}

inline Comparison Compared(const Version& before, const Version& after,
                           const CompareOptions& options = {}) {
  auto comparison = CompareVersions(before, after, options);
  EXPECT_THAT(comparison, IsOk());
  return comparison.ok() ? *std::move(comparison) : Comparison();
}

// Of versions with the one table "items", in which it is compared with itself.
inline TableComparison ComparedItems(Rows before, Rows after,
                                     Metric metric = Metric::kCosine,
                                     const CompareOptions& options = {}) {
  const Comparison comparison =
      Compared(VersionOf(1, {{"items", std::move(before), metric}}),
               VersionOf(2, {{"items", std::move(after), metric}}), options);
  EXPECT_THAT(comparison.tables, testing::SizeIs(1));
  return comparison.tables.empty() ? TableComparison() : comparison.tables[0];
}

inline Rows Scaled(Rows rows, float factor) {
  for (auto& row : rows) {
    for (float& value : row.second) value *= factor;
  }
  return rows;
}

// Every vector turned in the planes of neighbouring components: another space
// with the same angles.
inline Rows Rotated(Rows rows) {
  for (auto& row : rows) {
    std::vector<float>& v = row.second;
    for (size_t i = 0; i + 1 < v.size(); ++i) {
      const float x = v[i];
      v[i] = 0.6f * x - 0.8f * v[i + 1];
      v[i + 1] = 0.8f * x + 0.6f * v[i + 1];
    }
  }
  return rows;
}

// The ids stay where they are, and each has another's vector.
inline Rows Shuffled(Rows rows) {
  std::vector<std::vector<float>> vectors;
  for (auto& row : rows) vectors.push_back(std::move(row.second));
  std::mt19937 random(7);
  std::shuffle(vectors.begin(), vectors.end(), random);
  for (size_t i = 0; i < rows.size(); ++i) rows[i].second = vectors[i];
  return rows;
}

// Finds every second of the true neighbours, and calls `on_search` before.
class Careless : public Searcher {
 public:
  Careless(const Searcher* exact, std::function<void()> on_search)
      : exact_(exact), on_search_(std::move(on_search)) {}
  IndexKind kind() const override { return IndexKind::kGraph; }
  void Search(SearchTask* task) const override {
    if (on_search_) on_search_();
    const size_t k = task->k;
    task->k = 2 * k;
    exact_->Search(task);
    task->k = k;
    std::vector<Neighbor> found;
    for (size_t i = 0; i < task->neighbors.size(); i += 2) {
      found.push_back(task->neighbors[i]);
    }
    task->neighbors = found;
  }
  size_t memory_bytes() const override { return 1'000'000; }

 private:
  const Searcher* const exact_;
  const std::function<void()> on_search_;
};

inline Version WithCarelessItems(
    int64_t number, const Rows& users, const Rows& items,
    const std::function<void()>& on_search = nullptr) {
  auto searched = IndexedOf({"items", items});
  searched->SetIndex(std::make_unique<Careless>(&searched->exact(), on_search));
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(IndexedOf({"users", users}));
  tables.push_back(std::move(searched));
  return Version("movies", number, std::move(tables));
}

}  // namespace akin

#endif  // AKIN_TESTS_INDEX_QUERY_COMPARE_FIXTURE_H_
