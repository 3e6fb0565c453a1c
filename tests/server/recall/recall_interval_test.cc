#include "server/recall/recall_interval.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/build/graph_builder.h"
#include "index/search/exact_searcher.h"
#include "index/search/flat_index.h"
#include "index/search/graph_searcher.h"
#include "tests/server/recall/graph_version.h"
#include "tests/support/clustered_data.h"

namespace akin::server {
namespace {

using Recalls = std::vector<double>;

// Of 200 an interval that covers 95 % has fewer than 93 % now and then.
constexpr size_t kRuns = 1000;

double MeanOf(const Recalls& recalls) {
  double sum = 0;
  for (const double recall : recalls) sum += recall;
  return sum / static_cast<double>(recalls.size());
}

RecallSums SumsOf(const Recalls& recalls) {
  RecallSums sums;
  for (const double recall : recalls) sums.Add(recall);
  return sums;
}

// In how many of kRuns samples of `size` queries the interval has the mean of
// all.
size_t Covered(const Recalls& pool, size_t size, uint64_t seed) {
  const double truth = MeanOf(pool);
  std::mt19937_64 random(seed);
  size_t covered = 0;
  for (size_t run = 0; run < kRuns; ++run) {
    RecallSums sums;
    for (size_t i = 0; i < size; ++i) sums.Add(pool[random() % pool.size()]);
    const RecallInterval interval = IntervalOf(sums);
    EXPECT_LE(interval.low, sums.mean() + 1e-12);
    EXPECT_GE(interval.high, sums.mean() - 1e-12);
    covered += interval.low <= truth && truth <= interval.high ? 1 : 0;
  }
  return covered;
}

// The least that was covered stands in the test's property "least_covered".
void ExpectCovered(const Recalls& pool, const std::string& what,
                   size_t* least) {
  for (const size_t size : {30u, 100u, 1000u}) {
    const size_t covered = Covered(pool, size, size);
    EXPECT_GE(covered, kRuns * 93 / 100)
        << what << ", recall " << MeanOf(pool) << ", samples of " << size;
    *least = std::min(*least, covered);
  }
  testing::Test::RecordProperty("least_covered", static_cast<int>(*least));
}

// Queries that each find any of their k hits with a chance of their own, whose
// mean is `recall`. `alike` of 0 gives all the same chance; near 1 a query
// finds all or nothing.
Recalls BetaBinomial(size_t k, double recall, double alike) {
  constexpr size_t kPool = 20'000;
  std::mt19937_64 random(static_cast<uint64_t>(1000 * recall) + k);
  std::gamma_distribution<double> found(recall * (1 - alike) / alike);
  std::gamma_distribution<double> missed((1 - recall) * (1 - alike) / alike);
  Recalls recalls;
  for (size_t i = 0; i < kPool; ++i) {
    const double a = found(random);
    const double b = missed(random);
    const double chance = a + b > 0 ? a / (a + b) : recall;
    std::binomial_distribution<size_t> hits(k, chance);
    recalls.push_back(static_cast<double>(hits(random)) /
                      static_cast<double>(k));
  }
  return recalls;
}

TEST(RecallIntervalTest, CoversTheTruthHoweverHitsDependOnEachOther) {
  size_t least = kRuns;
  for (const size_t k : {10u, 100u}) {
    for (const double recall : {0.80, 0.95, 0.99}) {
      for (const double alike : {0.02, 0.1, 0.3}) {
        ExpectCovered(BetaBinomial(k, recall, alike),
                      absl::StrCat("k ", k, ", alike ", alike), &least);
      }
    }
  }
}

// Most queries find nearly all, a few nothing at all: walks that were cut off.
TEST(RecallIntervalTest, CoversTheTruthWhereFewQueriesFail) {
  size_t least = kRuns;
  for (const double recall : {0.80, 0.95, 0.99}) {
    constexpr size_t kPool = 20'000;
    const double missed = 1 - recall;
    const auto failed = static_cast<size_t>(0.7 * missed * kPool);
    std::mt19937_64 random(5);
    std::binomial_distribution<int> hits(10, 1 - 0.3 * missed);
    Recalls recalls(failed, 0.0);
    while (recalls.size() < kPool) recalls.push_back(hits(random) / 10.0);
    ExpectCovered(recalls, "cut off", &least);
  }
}

// What a graph finds of what exact search finds, whole or with fewer links.
class MeasuredRecalls {
 public:
  MeasuredRecalls()
      : data_(ClusteredRowsAndQueries(kRows, kQueries, kDimension, 7, 60)),
        table_(TableOf(Metric::kL2, data_.rows)),
        pool_(1),
        codes_(*Codes::Encode(table_, &pool_)),
        exact_(&table_) {
    for (const std::vector<float>& query : data_.queries) {
      truth_.push_back(Find(exact_, query, 0));
    }
  }

  Recalls Of(size_t kept_links, size_t effort) {
    const GraphSearcher graph(
        &table_, &exact_, RowScores(&table_, nullptr, Scored::kVectors),
        std::make_unique<const FlatIndex>(*FlatIndex::Build(
            &codes_,
            Damaged(*BuildGraph(codes_, {.degree = 32}, &pool_), kept_links))));
    Recalls recalls;
    for (size_t i = 0; i < data_.queries.size(); ++i) {
      size_t found = 0;
      for (const Neighbor& near : Find(graph, data_.queries[i], effort)) {
        const auto same = [&](const Neighbor& n) { return n.row == near.row; };
        found += std::any_of(truth_[i].begin(), truth_[i].end(), same) ? 1 : 0;
      }
      recalls.push_back(static_cast<double>(found) / kK);
    }
    return recalls;
  }

 private:
  static constexpr size_t kRows = 3000;
  static constexpr size_t kQueries = AKIN_SANITIZED ? 500 : 3000;
  static constexpr size_t kDimension = 48;
  static constexpr size_t kK = 10;

  static std::vector<Neighbor> Find(const Searcher& searcher,
                                    const std::vector<float>& query,
                                    size_t effort) {
    SearchTask task{.query = query, .k = kK, .effort = effort};
    searcher.Search(&task);
    return task.neighbors;
  }

  const RowsAndQueries data_;
  const Table table_;
  WorkerPool pool_;
  const Codes codes_;
  const ExactSearcher exact_;
  std::vector<std::vector<Neighbor>> truth_;
};

TEST(RecallIntervalTest, CoversWhatAGraphReallyFinds) {
  struct Case {
    size_t kept_links;
    size_t effort;
    double recall;  // about
  };
  MeasuredRecalls measured;
  size_t least = kRuns;
  for (const Case& one :
       {Case{5, 14, 0.80}, Case{6, 32, 0.95}, Case{10, 32, 0.99}}) {
    const Recalls recalls = measured.Of(one.kept_links, one.effort);
    EXPECT_NEAR(MeanOf(recalls), one.recall, 0.03);
    ExpectCovered(recalls, absl::StrCat(one.kept_links, " links"), &least);
  }
}

TEST(RecallIntervalTest, IsWilsonsWhereAllQueriesAreAlike) {
  // (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), by hand for
  // p = 0.5, n = 100, z = 2: (0.52 +- 2 sqrt(0.0025 + 0.0001)) / 1.04.
  const RecallInterval half = WilsonInterval(0.5, 100, 2);
  EXPECT_NEAR(half.low, (0.52 - 2 * std::sqrt(0.0026)) / 1.04, 1e-12);
  EXPECT_NEAR(half.high, (0.52 + 2 * std::sqrt(0.0026)) / 1.04, 1e-12);
  // Of p = 1: n / (n + z^2) to 1.
  const RecallInterval all = WilsonInterval(1, 96, 2);
  EXPECT_NEAR(all.low, 0.96, 1e-12);
  EXPECT_EQ(all.high, 1);
  const RecallInterval none = WilsonInterval(0, 96, 2);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.04, 1e-12);
}

TEST(RecallIntervalTest, QueriesCountAsOneWithoutVariance) {
  for (const double recall : {0.0, 0.7, 1.0}) {
    EXPECT_EQ(EffectiveTrials(SumsOf(Recalls(50, recall))), 50) << recall;
  }
  // All or nothing: a query is worth one hit.
  Recalls all_or_nothing(80, 1.0);
  all_or_nothing.resize(100, 0.0);
  EXPECT_EQ(EffectiveTrials(SumsOf(all_or_nothing)), 100);
  // Of 1,000 queries with 0.5 and 0.9 in turn the variance is 0.04, and that of
  // a hit 0.7 * 0.3: five hits each, and a little less for what may be hidden.
  Recalls spread;
  for (int i = 0; i < 1000; ++i) spread.push_back(i % 2 == 0 ? 0.5 : 0.9);
  EXPECT_NEAR(EffectiveTrials(SumsOf(spread)), 5250, 53);
}

TEST(RecallIntervalTest, KnowsNothingOfFewerThanTwoQueries) {
  for (const Recalls& recalls : {Recalls{}, Recalls{1.0}}) {
    const RecallInterval interval = IntervalOf(SumsOf(recalls));
    EXPECT_EQ(interval.low, 0);
    EXPECT_EQ(interval.high, 1);
  }
}

TEST(RecallIntervalTest, StudentsTIsAsInTheTables) {
  // Abramowitz and Stegun, table 26.10.
  EXPECT_NEAR(StudentsT(kDeviations95, 5), 2.571, 0.005);
  EXPECT_NEAR(StudentsT(kDeviations95, 30), 2.042, 0.001);
  EXPECT_NEAR(StudentsT(kDeviations99, 30), 2.750, 0.001);
  EXPECT_NEAR(StudentsT(kDeviations95, 1e6), kDeviations95, 1e-4);
}

}  // namespace
}  // namespace akin::server
