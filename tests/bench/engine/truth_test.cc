#include "tests/bench/engine/truth.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>

#include "tests/bench/engine/search_engine.h"
#include "tests/bench/engine/sweep.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin::bench {
namespace {

// Rows at 0, 1, 2, ... on a line; queries at `queries`.
VectorSet Line(size_t rows, std::vector<float> queries) {
  Rows values;
  for (size_t i = 0; i < rows; ++i) {
    values.push_back({std::to_string(i), {static_cast<float>(i)}});
  }
  VectorSet set;
  set.name = "line";
  set.table =
      std::make_unique<const Table>(MakeTable("line", Metric::kL2, values));
  set.queries = std::move(queries);
  return set;
}

absl::StatusOr<Truth> TruthOf(const VectorSet& set,
                              const CacheFolder& cache = CacheFolder("")) {
  WorkerPool pool(1);
  return Truth::Find(set, cache, &pool);
}

TEST(TruthTest, CountsRowsAmongTheNearest) {
  const VectorSet set = Line(20, {5.2f});
  const auto truth = TruthOf(set);
  ASSERT_THAT(truth, IsOk());
  EXPECT_EQ(truth->depth(), 20u);
  // The nearest three to 5.2 are 5, 6 and 4.
  const std::vector<uint32_t> good = {4, 6, 5};
  EXPECT_EQ(truth->Hits(set, 0, 3, good.data(), 3), 3u);
  const std::vector<uint32_t> half = {5, 7, 6};
  EXPECT_EQ(truth->Hits(set, 0, 3, half.data(), 3), 2u);
  EXPECT_EQ(truth->Hits(set, 0, 3, half.data(), 1), 1u);
  EXPECT_EQ(truth->Hits(set, 0, 3, half.data(), 0), 0u);
}

TEST(TruthTest, RowsAsNearAsTheLastCount) {
  const VectorSet set = Line(20, {5.0f});
  const auto truth = TruthOf(set);
  ASSERT_THAT(truth, IsOk());
  // 4 and 6 are equally near: either is the second nearest.
  for (const uint32_t second : {4u, 6u}) {
    const std::vector<uint32_t> rows = {5, second};
    EXPECT_EQ(truth->Hits(set, 0, 2, rows.data(), 2), 2u);
  }
}

TEST(TruthTest, ARowNamedTwiceCountsOnce) {
  const VectorSet set = Line(20, {5.2f});
  const auto truth = TruthOf(set);
  ASSERT_THAT(truth, IsOk());
  const std::vector<uint32_t> rows = {5, 5, 5};
  EXPECT_EQ(truth->Hits(set, 0, 3, rows.data(), 3), 1u);
}

TEST(TruthTest, MustAgreeWithWhatIsPublished) {
  VectorSet set = Line(3, {0.0f});
  set.published = {0, 1, 4};
  EXPECT_THAT(TruthOf(set), IsOk());
  set.published = {0, 1};
  EXPECT_THAT(TruthOf(set), IsOk());
  set.published = {0, 2};
  EXPECT_EQ(TruthOf(set).status().code(), absl::StatusCode::kInternal);
}

TEST(TruthTest, IsKept) {
  const TempDir folder;
  const CacheFolder cache(folder.Path("new"));
  const VectorSet set = Line(20, {5.2f});
  ASSERT_THAT(TruthOf(set, cache), IsOk());
  const std::string name = "truth-" + Fingerprint(set);
  const auto kept = cache.ReadNumbers(name, 20);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->front(), 5u);
  // What is there is believed.
  std::vector<uint32_t> other(20, 0);
  cache.WriteNumbers(name, other);
  const auto truth = TruthOf(set, cache);
  ASSERT_THAT(truth, IsOk());
  const uint32_t row = 0;
  EXPECT_EQ(truth->Hits(set, 0, 1, &row, 1), 1u);
  // Of another size it is not.
  EXPECT_FALSE(cache.ReadNumbers(name, 21).has_value());
}

TEST(FingerprintTest, DiffersWhenTheVectorsDo) {
  EXPECT_EQ(Fingerprint(Line(20, {1})), Fingerprint(Line(20, {2})));
  EXPECT_NE(Fingerprint(Line(20, {1})), Fingerprint(Line(21, {1})));
}

TEST(TruthTest, DifficultyOfALine) {
  // Far from its ends a line has one dimension.
  const VectorSet set = Line(2000, {1000.3f});
  const auto truth = TruthOf(set);
  ASSERT_THAT(truth, IsOk());
  const Difficulty difficulty = truth->MeasureDifficulty(set);
  EXPECT_NEAR(difficulty.dimension, 1, 0.1);
  // Rows are 500 away on average, the nearest 0.3.
  EXPECT_NEAR(difficulty.contrast, 500 / 0.3, 150);
}

// Finds half as many rows as its effort: those around the query.
class HalfAsMany : public SearchEngine {
 public:
  explicit HalfAsMany(const VectorSet* set) : set_(*set) {}
  void SetEffort(size_t effort) override { effort_ = effort; }
  size_t Search(const float* query, size_t k, uint32_t* rows) override {
    const auto middle = static_cast<int64_t>(std::lround(*query));
    size_t count = 0;
    for (int64_t i = 0; count < std::min(k, effort_ / 2); ++i) {
      rows[count++] =
          static_cast<uint32_t>(middle + (i % 2 == 0 ? i / 2 : -(i + 1) / 2));
    }
    return count;
  }
  SearchCounts CountedSearch(const float* query, size_t k,
                             uint32_t* rows) override {
    Search(query, k, rows);
    return {static_cast<double>(effort_), 1, 2, 3, false};
  }
  size_t memory_bytes() const override { return 0; }
  double build_seconds() const override { return 0; }

 private:
  const VectorSet& set_;
  size_t effort_ = 0;
};

TEST(SweepTest, FindsTheEffortOfARecall) {
  const VectorSet set = Line(100, {50, 40, 30});
  const auto truth = TruthOf(set);
  ASSERT_THAT(truth, IsOk());
  HalfAsMany engine(&set);
  const QueryPlan plan = {&set, &*truth, 10, 2};
  EXPECT_DOUBLE_EQ(MeasureRecall(plan, 20, &engine), 1);
  EXPECT_DOUBLE_EQ(MeasureRecall(plan, 10, &engine), 0.5);
  Contender contender = {"half as many", &engine, {}, {}};
  contender.front = {{10, 0.5, 20}, {20, 1, 10}};
  const auto mix = FindContenderMix(plan, 0.95, contender);
  ASSERT_TRUE(mix.has_value());
  EXPECT_EQ(mix->low, 19u);
  EXPECT_EQ(mix->high, 20u);
  EXPECT_NEAR(mix->share_high, 0.5, 1e-9);
  const SearchCounts counts = MeanOf(CountPerQuery(plan, *mix, &engine));
  EXPECT_NEAR(counts.distances, 19.5, 1e-9);
  EXPECT_NEAR(counts.reranks, 3, 1e-9);
}

}  // namespace
}  // namespace akin::bench
