// Data that breaks graphs. Whatever it is, an answer is complete, finite and
// sorted; and where codes can tell the rows apart, every row is found by its
// own vector.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/brute_force.h"
#include "tests/support/clustered_data.h"
#include "tests/support/graph_layouts.h"

namespace akin {
namespace {

constexpr size_t kRows = 800;
constexpr size_t kEffort = 48;

void ForEachNumber(Vectors* vectors,
                   const std::function<float(size_t, float)>& change) {
  for (size_t i = 0; i < vectors->size(); ++i) {
    for (float& x : (*vectors)[i]) x = change(i, x);
  }
}

// So that the longest is just short enough for dot and l2.
void MakeHuge(Vectors* vectors) {
  double longest = 0;
  for (const auto& vector : *vectors) {
    longest = std::max(longest, Length(vector));
  }
  const auto factor = static_cast<float>(kMaxComparedLength * 0.99 / longest);
  ForEachNumber(vectors, [&](size_t, float x) { return x * factor; });
}

struct Kind {
  std::string name;
  std::vector<Metric> metrics;
  bool finds_itself;
  std::function<void(Vectors*)> change;
  size_t dimension = 8;
  size_t rows = kRows;
};

constexpr Metric kCosine = Metric::kCosine;
constexpr Metric kDot = Metric::kDot;
constexpr Metric kL2 = Metric::kL2;

std::vector<Kind> Kinds() {
  const std::vector<Metric> all = {kCosine, kDot, kL2};
  const auto nothing = [](Vectors*) {};
  const auto times = [](float factor) {
    return [factor](Vectors* v) {
      ForEachNumber(v, [=](size_t, float x) { return x * factor; });
    };
  };
  const auto copies = [](size_t distinct) {
    return [distinct](Vectors* v) {
      for (size_t i = distinct; i < v->size(); ++i)
        (*v)[i] = (*v)[i % distinct];
    };
  };
  const auto outlier = [](float x) {
    return [x](Vectors* v) { (*v)[7].assign((*v)[7].size(), x); };
  };
  const auto lengths = [](double deviation) {
    return [deviation](Vectors* v) { SpreadLengths(deviation, 5, v); };
  };
  const auto tight = [](Vectors* v) {
    ForEachNumber(v, [](size_t, float x) { return 1 + x * 1e-4f; });
  };
  const auto far_apart = [](Vectors* v) {
    ForEachNumber(v, [](size_t i, float x) {
      return x * 0.01f + (i % 2 == 0 ? 100.0f : -100.0f);
    });
  };
  return {
      {"AllEqual", all, true, copies(1)},
      {"TwoCopiesOfEach", all, true, copies(kRows / 2)},
      {"FortyCopiesOfEach", all, true, copies(kRows / 40)},
      {"OneTightCluster", {kL2}, true, tight},
      {"OneTooTightCluster", {kCosine, kDot}, false, tight},
      {"TwoFarClusters", all, false, far_apart},
      {"Tiny", {kCosine}, true, times(1e-30f)},
      {"Huge", {kCosine}, true, times(1e30f)},
      {"AsLongAsAllowed", {kDot, kL2}, true, MakeHuge},
      {"Short", {kDot, kL2}, true, times(1e-12f)},
      {"NearlyUnderflowing", {kDot, kL2}, false, times(1e-18f)},
      {"Underflowing", {kDot, kL2}, false, times(1e-30f)},
      {"FarOutlier", all, false, outlier(1e3f)},
      {"VeryFarOutlier", all, false, outlier(1e6f)},
      {"LengthsVary", {kDot, kL2}, true, lengths(0.7)},
      {"HeavyTails", {kDot, kL2}, false, lengths(2.0)},
      {"OneDimension", all, false, nothing, 1},
      {"TwoDimensions", {kDot, kL2}, true, nothing, 2},
      {"OneRow", all, true, nothing, 8, 1},
      {"TwoRows", all, true, nothing, 8, 2},
      {"FewerRowsThanLinks", all, true, nothing, 8, 20},
      {"AsManyRowsAsLinks", all, true, nothing, 8, 33},
      {"SomeMoreRowsThanLinks", all, true, nothing, 8, 70},
  };
}

class AdversarialTest : public testing::TestWithParam<Kind> {};

void CheckComplete(const SearchTask& task, size_t rows) {
  ASSERT_EQ(task.neighbors.size(), std::min(task.k, rows));
  std::set<uint32_t> seen;
  for (size_t i = 0; i < task.neighbors.size(); ++i) {
    const Neighbor& near = task.neighbors[i];
    ASSERT_TRUE(std::isfinite(near.score));
    ASSERT_LT(near.row, rows);
    ASSERT_TRUE(seen.insert(near.row).second);
    ASSERT_TRUE(i == 0 || Better(task.neighbors[i - 1], near));
  }
}

// Or another row of the same vector.
bool FindsItself(const Table& table, const SearchTask& task, uint32_t row) {
  const double own = TrueScore(table, task.query, row);
  return std::any_of(task.neighbors.begin(), task.neighbors.end(),
                     [&](const Neighbor& near) {
                       return TrueScore(table, task.query, near.row) >= own;
                     });
}

TEST_P(AdversarialTest, AnswersAreCompleteAndRowsAreFound) {
  const Kind& kind = GetParam();
  const uint32_t step = kind.finds_itself ? 1 : 5;
  for (const Metric metric : kind.metrics) {
    Vectors vectors = ClusteredVectors(kind.rows, kind.dimension, 3);
    kind.change(&vectors);
    const GraphLayouts layouts(
        TableOf(metric, vectors),
        {.flat_degrees = {32}, .row_bits = {2}, .build_effort = 30});
    for (const auto& layout : layouts.all()) {
      SCOPED_TRACE(layout.name + " " + std::string(MetricName(metric)));
      size_t found = 0;
      for (uint32_t row = 0; row < kind.rows; row += step) {
        SearchTask task{.query = layouts.table().SearchVector(row),
                        .k = 10,
                        .effort = kEffort};
        layout.searcher->Search(&task);
        CheckComplete(task, kind.rows);
        if (HasFatalFailure()) return;
        found += FindsItself(layouts.table(), task, row);
      }
      if (kind.finds_itself) {
        // Under dot a row is not its own nearest, and may be far from it.
        const double least = metric == kDot ? 0.9 : 0.995;
        EXPECT_GE(static_cast<double>(found),
                  least * static_cast<double>(kind.rows));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachKind, AdversarialTest, testing::ValuesIn(Kinds()),
                         [](const auto& info) { return info.param.name; });

// More copies of each vector than links, and more different vectors than
// entries: the copies must not be all that a copy links to.
TEST(GraphOfCopies, LeadsFromOneToTheOthers) {
  constexpr size_t kDistinct = 60;
  constexpr size_t kCopies = 40;
  Vectors vectors = ClusteredVectors(kDistinct * kCopies, 128, 3);
  for (size_t i = kDistinct; i < vectors.size(); ++i) {
    vectors[i] = vectors[i % kDistinct];
  }
  const GraphLayouts layouts(TableOf(Metric::kL2, vectors),
                             {.flat_degrees = {32}, .row_bits = {1, 2}});
  for (const auto& layout : layouts.all()) {
    size_t found = 0;
    for (uint32_t row = 0; row < kDistinct; ++row) {
      SearchTask task{.query = layouts.table().SearchVector(row),
                      .k = 10,
                      .effort = kEffort};
      layout.searcher->Search(&task);
      EXPECT_FALSE(task.stats.exact);
      found += CountTrue(layouts.table(), task) == 10;
    }
    EXPECT_GE(found, kDistinct * 95 / 100) << layout.name;
  }
}

// Queries that are far from all rows, or nothing at all.
TEST(StrangeQueries, AreAnsweredAllTheSame) {
  for (const Metric metric : {kDot, kL2}) {
    const GraphLayouts layouts(TableOf(metric, ClusteredVectors(kRows, 8, 3)),
                               {.build_effort = 50});
    for (const float x : {0.0f, 1e-38f, -1e-20f, 1e10f, -1e18f}) {
      const std::vector<float> query(8, x);
      for (const auto& layout : layouts.all()) {
        SCOPED_TRACE(layout.name + " " + std::to_string(x));
        SearchTask task{.query = query, .k = 10, .effort = kEffort};
        layout.searcher->Search(&task);
        CheckComplete(task, kRows);
      }
    }
  }
}

}  // namespace
}  // namespace akin
