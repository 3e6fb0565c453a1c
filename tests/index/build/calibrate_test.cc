#include "index/build/calibrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "index/table/table_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;

// The truth, in the plainest way.
class BruteForce : public Searcher {
 public:
  explicit BruteForce(const Table* table) : table_(*table) {}

  IndexKind kind() const override { return IndexKind::kExact; }
  size_t memory_bytes() const override { return 0; }
  void Search(SearchTask* task) const override {
    std::vector<Neighbor> all;
    for (uint32_t row = 0; row < table_.rows(); ++row) {
      if (row == task->hidden_row) continue;
      const auto vector = table_.SearchVector(row);
      float dot = 0;
      float l2 = 0;
      for (size_t i = 0; i < vector.size(); ++i) {
        const float miss = vector[i] - task->query[i];
        dot += vector[i] * task->query[i];
        l2 += miss * miss;
      }
      all.push_back({row, table_.metric() == Metric::kL2 ? -l2 : dot});
    }
    std::sort(all.begin(), all.end(), Better);
    if (all.size() > task->k) all.resize(task->k);
    task->neighbors = std::move(all);
    task->stats.distances = table_.rows();
    task->stats.exact = true;
  }

 private:
  const Table& table_;
};

// Finds each true neighbour with a chance of `recall` of the effort, and a far
// row in its place otherwise; decided by query, rank and effort, so always the
// same. From `exact_from` on it answers exactly.
class KnownRecall : public Searcher {
 public:
  KnownRecall(const Table* table, std::function<double(size_t)> recall,
              size_t exact_from = 1'000'000)
      : truth_(table),
        rows_(table->rows()),
        recall_(std::move(recall)),
        exact_from_(exact_from) {}

  IndexKind kind() const override { return IndexKind::kGraph; }
  size_t memory_bytes() const override { return 0; }
  void Search(SearchTask* task) const override {
    const size_t k = task->k;
    if (task->effort >= exact_from_ || task->effort < exact_below) {
      return truth_.Search(task);
    }
    task->k = rows_;
    truth_.Search(task);
    task->k = k;
    std::vector<Neighbor>& all = task->neighbors;
    std::vector<Neighbor> found;
    for (size_t i = 0; i < k && i < all.size(); ++i) {
      const Neighbor& near = Luck(*task, i) < recall_(task->effort)
                                 ? all[i]
                                 : all[all.size() - 1 - i];
      // A score of its own: what counts is the row.
      found.push_back({near.row, near.score * 0.5f});
    }
    all = std::move(found);
    task->stats = {.distances = 2 * task->effort};
  }

  size_t exact_below = 0;

 private:
  static double Luck(const SearchTask& task, size_t rank) {
    const double x = std::sin(task.query[0] * 1e4 + 78.233 * double(rank) +
                              0.731 * double(task.effort)) *
                     43758.5453;
    return x - std::floor(x);
  }

  const BruteForce truth_;
  const size_t rows_;
  const std::function<double(size_t)> recall_;
  const size_t exact_from_;
};

double Rising(size_t effort) { return 1 - 1 / double(effort); }

class CalibrateTest : public testing::Test {
 protected:
  absl::StatusOr<Calibration> Run(const Table& table, const Searcher& index,
                                  const std::vector<QuerySample>& samples) {
    const BruteForce exact(&table);
    return Calibrate(table, index, exact, samples, options_, &pool_, progress_);
  }
  absl::StatusOr<Calibration> RunOwn(const Table& table,
                                     const Searcher& index) {
    return Run(table, index, {SampleQueries(table, table, options_)});
  }

  // Nothing here may hang on the clock.
  CalibrateOptions options_{.queries = 100, .timed = 2, .slowest = 1e9};
  WorkerPool pool_{2};
  CalibrateProgress progress_;
  const Table table_ = MakeTable("t", Metric::kCosine, RandomRows(400, 6, 3));
};

TEST_F(CalibrateTest, FindsTheRecallThatTheIndexHas) {
  const KnownRecall index(&table_, Rising);
  const auto calibration = RunOwn(table_, index);
  ASSERT_THAT(calibration, IsOk());
  ASSERT_EQ(calibration->curves().size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const RecallCurve& curve = calibration->curves()[i];
    EXPECT_EQ(curve.k, (std::vector<uint32_t>{1, 10, 100})[i]);
    EXPECT_EQ(curve.query_table, "");
    EXPECT_EQ(curve.queries, 100u);
    ASSERT_GE(curve.points.size(), 2u);
    for (const RecallPoint& point : curve.points) {
      // Three standard deviations of a share of 100 k answers.
      const double expected = Rising(point.effort);
      const double noise =
          3 * std::sqrt(expected * (1 - expected) / (100.0 * curve.k));
      EXPECT_NEAR(point.recall, expected, noise + 0.01) << point.effort;
      EXPECT_FLOAT_EQ(point.distances, 2.0f * float(point.effort));
      EXPECT_GT(point.microseconds, 0);
    }
  }
  EXPECT_GT(calibration->exact_microseconds(), 0);
}

TEST_F(CalibrateTest, EffortRisesRecallNeverFallsAndNoEffortIsBelowK) {
  // Falls now and then.
  const KnownRecall index(
      &table_, [](size_t effort) { return effort % 4 == 0 ? 0.6 : 0.8; });
  const auto calibration = RunOwn(table_, index);
  ASSERT_THAT(calibration, IsOk());
  for (const RecallCurve& curve : calibration->curves()) {
    ASSERT_FALSE(curve.points.empty());
    EXPECT_GE(curve.points.front().effort, curve.k);
    for (size_t i = 1; i < curve.points.size(); ++i) {
      EXPECT_GT(curve.points[i].effort, curve.points[i - 1].effort);
      EXPECT_GE(curve.points[i].recall, curve.points[i - 1].recall);
    }
  }
  EXPECT_EQ(calibration->curves().back().points.front().effort, 100u);
}

TEST_F(CalibrateTest, StopsWhenNearlyAllIsFound) {
  const KnownRecall index(&table_,
                          [](size_t effort) { return effort < 28 ? 0.5 : 1; });
  const auto calibration = RunOwn(table_, index);
  ASSERT_THAT(calibration, IsOk());
  EXPECT_EQ(calibration->curves()[1].points.back().effort, 28u);
  EXPECT_FLOAT_EQ(calibration->curves()[1].points.back().recall, 1.0f);
}

TEST_F(CalibrateTest, StopsWhenMoreIsComparedThanThereAreRows) {
  const KnownRecall index(&table_, Rising);
  const auto calibration = RunOwn(table_, index);
  ASSERT_THAT(calibration, IsOk());
  // Two distances per effort, 400 rows.
  EXPECT_EQ(calibration->curves()[1].points.back().effort, 226u);
}

TEST_F(CalibrateTest, StopsWhereItTakesTooLong) {
  const KnownRecall index(&table_, Rising);
  options_.slowest = 0;
  const auto calibration = RunOwn(table_, index);
  ASSERT_THAT(calibration, IsOk());
  for (const RecallCurve& curve : calibration->curves()) {
    EXPECT_EQ(curve.points.size(), 1u);
  }
}

TEST_F(CalibrateTest, StopsWhenNothingIsGained) {
  const Table large = MakeTable("t", Metric::kCosine, RandomRows(3000, 4, 3));
  const KnownRecall index(&large, [](size_t) { return 0.0; });
  options_.queries = 10;
  const auto calibration = RunOwn(large, index);
  ASSERT_THAT(calibration, IsOk());
  EXPECT_EQ(calibration->curves()[1].points.back().effort, 40u);
}

TEST_F(CalibrateTest, PointsThatWereAnsweredExactlyDoNotCount) {
  const KnownRecall index(&table_, Rising, 40);
  const auto calibration = RunOwn(table_, index);
  ASSERT_THAT(calibration, IsOk());
  // Nothing at k = 100, whose least effort is above 40.
  ASSERT_EQ(calibration->curves().size(), 2u);
  EXPECT_EQ(calibration->curves()[1].points.back().effort, 28u);
  EXPECT_FALSE(calibration->EffortFor(0.99f, 10, "").has_value());
}

TEST_F(CalibrateTest, BeginsWhereThePoolIsLargeEnoughForAWalk) {
  KnownRecall index(&table_, Rising);
  index.exact_below = 150;
  const auto calibration = RunOwn(table_, index);
  ASSERT_THAT(calibration, IsOk());
  // At k = 1 it is looked for in vain for a few steps only.
  ASSERT_EQ(calibration->curves().size(), 1u);
  EXPECT_EQ(calibration->curves()[0].k, 100u);
  EXPECT_EQ(calibration->curves()[0].points.front().effort, 160u);
}

TEST_F(CalibrateTest, TheSameSeedGivesTheSameCurves) {
  const KnownRecall index(&table_, Rising);
  const auto first = RunOwn(table_, index);
  const auto again = RunOwn(table_, index);
  options_.seed = 2;
  const auto other = RunOwn(table_, index);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  ASSERT_THAT(other, IsOk());
  bool differs = false;
  for (size_t c = 0; c < first->curves().size(); ++c) {
    const auto& points = first->curves()[c].points;
    ASSERT_EQ(points.size(), again->curves()[c].points.size());
    for (size_t i = 0; i < points.size(); ++i) {
      EXPECT_EQ(points[i].effort, again->curves()[c].points[i].effort);
      EXPECT_EQ(points[i].recall, again->curves()[c].points[i].recall);
      EXPECT_EQ(points[i].distances, again->curves()[c].points[i].distances);
      differs |= i >= other->curves()[c].points.size() ||
                 points[i].recall != other->curves()[c].points[i].recall;
    }
  }
  EXPECT_TRUE(differs);
}

TEST_F(CalibrateTest, RowsOfOtherTablesHaveCurvesOfTheirOwn) {
  const Table users = MakeTable("users", Metric::kDot, RandomRows(50, 6, 9));
  const KnownRecall index(&table_, Rising);
  const auto calibration =
      Run(table_, index,
          {SampleQueries(table_, table_, options_),
           SampleQueries(users, table_, options_), QuerySample{}});
  ASSERT_THAT(calibration, IsOk());
  ASSERT_EQ(calibration->curves().size(), 6u);
  EXPECT_EQ(calibration->curves()[4].query_table, "users");
  EXPECT_EQ(calibration->curves()[4].queries, 50u);
  // The fake takes longer than exact search.
  EXPECT_TRUE(Calibration(calibration->curves(), 0)
                  .EffortFor(0.9f, 10, "users")
                  .has_value());
}

TEST_F(CalibrateTest, EveryMetric) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const Table table = MakeTable("t", metric, RandomRows(300, 6, 3));
    const KnownRecall perfect(&table, [](size_t) { return 1.0; });
    const auto calibration = RunOwn(table, perfect);
    ASSERT_THAT(calibration, IsOk());
    for (const RecallCurve& curve : calibration->curves()) {
      ASSERT_EQ(curve.points.size(), 1u);
      EXPECT_EQ(curve.points[0].recall, 1.0f);
    }
    const KnownRecall blind(&table, [](size_t) { return 0.0; });
    const auto nothing = RunOwn(table, blind);
    ASSERT_THAT(nothing, IsOk());
    EXPECT_EQ(nothing->curves()[1].points.back().recall, 0.0f);
  }
}

TEST_F(CalibrateTest, EqualRowsAreAsGoodAsTheTrueOnes) {
  Rows rows;
  for (int i = 0; i < 200; ++i) {
    rows.push_back({absl::StrCat("r", i), {1.0f, 2.0f, 3.0f}});
  }
  const Table equal = MakeTable("t", Metric::kDot, rows);
  // Every answer is another row than the truth's.
  const KnownRecall index(&equal, [](size_t) { return 0.0; });
  const auto calibration = RunOwn(equal, index);
  ASSERT_THAT(calibration, IsOk());
  EXPECT_EQ(calibration->curves()[1].points[0].recall, 1.0f);
}

TEST_F(CalibrateTest, TinyTables) {
  for (const size_t rows : {1, 2, 10, 11, 99}) {
    const Table tiny = MakeTable("t", Metric::kL2, RandomRows(rows, 3, 1));
    const KnownRecall index(&tiny, [](size_t) { return 1.0; });
    const auto calibration = RunOwn(tiny, index);
    ASSERT_THAT(calibration, IsOk()) << rows;
    // A row's own search can find the others only.
    const size_t expected = rows < 2 ? 0 : rows < 11 ? 1 : 2;
    EXPECT_EQ(calibration->curves().size(), expected) << rows;
  }
}

TEST_F(CalibrateTest, CanBeCancelledAtEveryStep) {
  options_.queries = 20;
  const KnownRecall index(&table_, Rising);
  int looks = 0;
  uint64_t last = 0;
  progress_ = [&](uint64_t done, uint64_t total) {
    EXPECT_LE(done, total);
    EXPECT_GE(done, last);
    last = done;
    return ++looks > 0;
  };
  ASSERT_THAT(RunOwn(table_, index), IsOk());
  const int all = looks;
  EXPECT_GT(all, 10);
  for (int stop = 0; stop < all; ++stop) {
    int seen = 0;
    progress_ = [&](uint64_t, uint64_t) { return seen++ < stop; };
    EXPECT_THAT(RunOwn(table_, index),
                IsStatus(StatusCode::kCancelled, testing::_));
    EXPECT_EQ(seen, stop + 1);
  }
}

TEST(SampleQueries, HidesOwnRowsAndOnlyThose) {
  const Table table = MakeTable("t", Metric::kCosine, RandomRows(1000, 5, 3));
  const QuerySample own = SampleQueries(table, table, {.queries = 40});
  EXPECT_EQ(own.query_table, "");
  ASSERT_EQ(own.size(), 40u);
  ASSERT_EQ(own.rows.size(), 40u);
  EXPECT_EQ(std::set<uint32_t>(own.rows.begin(), own.rows.end()).size(), 40u);
  // From all over the table.
  EXPECT_LT(own.rows.front(), 200u);
  EXPECT_GT(own.rows.back(), 800u);
  for (size_t i = 0; i < own.size(); ++i) {
    EXPECT_THAT(own.Vector(i),
                testing::ElementsAreArray(table.SearchVector(own.rows[i])));
  }
  const Table items = MakeTable("i", Metric::kCosine, RandomRows(10, 5, 4));
  const QuerySample others = SampleQueries(table, items, {.queries = 40});
  EXPECT_EQ(others.query_table, "t");
  EXPECT_EQ(others.size(), 40u);
  EXPECT_TRUE(others.rows.empty());
}

TEST(SampleQueries, TakesAllRowsOfASmallTableAndNoneOfASingleRow) {
  const Table table = MakeTable("t", Metric::kL2, RandomRows(7, 2, 3));
  EXPECT_EQ(SampleQueries(table, table, {}).rows,
            (std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6}));
  const Table single = MakeTable("s", Metric::kL2, {{"a", {1, 2}}});
  EXPECT_EQ(SampleQueries(single, single, {}).size(), 0u);
  EXPECT_EQ(SampleQueries(single, table, {}).size(), 1u);
}

TEST(SampleQueries, ConvertsBetweenMetrics) {
  const Table trained = MakeTable("d", Metric::kDot, {{"a", {3, 4}}});
  const Table unit = MakeTable("c", Metric::kCosine, {{"a", {6, 8}}});
  EXPECT_THAT(SampleQueries(trained, unit, {}).vectors,
              testing::Pointwise(testing::FloatEq(), {0.6f, 0.8f}));
  EXPECT_THAT(SampleQueries(unit, trained, {}).vectors,
              testing::Pointwise(testing::FloatEq(), {6.0f, 8.0f}));
}

TEST(SampleQueries, LeavesOutWhatIsNoQuery) {
  const Table trained = MakeTable(
      "d", Metric::kDot, {{"zero", {0, 0}}, {"a", {3, 4}}, {"b", {1, 0}}});
  const Table unit = MakeTable("c", Metric::kCosine, {{"a", {6, 8}}});
  EXPECT_EQ(SampleQueries(trained, unit, {}).size(), 2u);
  EXPECT_EQ(SampleQueries(trained, trained, {}).size(), 3u);
  const Table huge = MakeTable("h", Metric::kCosine, {{"a", {1e19f, 0}}});
  EXPECT_EQ(SampleQueries(huge, trained, {}).size(), 0u);
}

TEST(MeasureMicroseconds, NothingToMeasureIsZero) {
  const Table table = MakeTable("t", Metric::kL2, RandomRows(50, 4, 3));
  const BruteForce exact(&table);
  EXPECT_EQ(MeasureMicroseconds(exact, {}), 0);
  EXPECT_GT(MeasureMicroseconds(exact, SampleQueries(table, table, {})), 0);
}

}  // namespace
}  // namespace akin
