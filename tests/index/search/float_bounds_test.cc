#include "index/search/float_bounds.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/kernels/distances.h"
#include "index/kernels/tile_products.h"
#include "tests/support/hard_rows.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

constexpr size_t kRows = 300;

class FloatBoundsTest : public testing::TestWithParam<Metric> {
 protected:
  static std::vector<float> Scores(const Table& table, const float* query) {
    std::vector<float> scores(kRows);
    const Kernels& kernels = ActiveKernels();
    const bool l2 = table.metric() == Metric::kL2;
    (l2 ? kernels.l2_rows : kernels.dot_rows)(
        query, table.vectors(), table.dimension(), kRows, scores.data());
    if (l2) {
      for (float& score : scores) score = -score;
    }
    return scores;
  }

  // Products of a tile whose queries are all the same one.
  static std::vector<float> Products(const Table& table, const float* query) {
    const size_t lanes = ActiveTileKernels().lanes;
    std::vector<float> packed(table.dimension() * lanes);
    for (size_t i = 0; i < packed.size(); ++i) packed[i] = query[i / lanes];
    std::vector<float> products(kRows * lanes);
    ActiveTileKernels().floats(packed.data(), lanes, table.vectors(),
                               table.dimension(), kRows, products.data());
    for (size_t row = 0; row < kRows; ++row) {
      products[row] = products[row * lanes];
    }
    products.resize(kRows);
    return products;
  }
};

TEST_P(FloatBoundsTest, HoldOnHardData) {
  for (const std::string& kind : HardKinds()) {
    for (const size_t dimension : {1, 3, 17, 64, 129, 784}) {
      SCOPED_TRACE(kind + " dimension " + std::to_string(dimension));
      const Table table =
          MakeTable("t", GetParam(), HardRows(kind, kRows, dimension, 3));
      FloatTerms all;
      all.Prepare(GetParam(), dimension);
      const RowTerms terms = all.OfBlock(table.vectors(), kRows);
      for (uint32_t from = 0; from < kRows; from += 60) {
        const auto query = table.SearchVector(from);
        const std::vector<float> scores = Scores(table, query.data());
        const std::vector<float> products = Products(table, query.data());
        FloatBounds bounds;
        bounds.Prepare(GetParam(), query);
        const PassTest test = bounds.TestFor(scores[from / 2]);
        for (size_t row = 0; row < kRows; ++row) {
          const ScoreRange range =
              bounds.Range(terms.errors[row], terms.shifts[row], products[row]);
          ASSERT_LE(range.lower, scores[row]) << "row " << row;
          ASSERT_GE(range.upper, scores[row]) << "row " << row;
          if (scores[row] < scores[from / 2]) continue;
          ASSERT_GE(test.factor * products[row] +
                        (test.weight * terms.errors[row] + terms.shifts[row]),
                    test.floor)
              << "row " << row;
        }
      }
    }
  }
}

TEST_P(FloatBoundsTest, AreNarrowOnPlainData) {
  const Table table = MakeTable("t", GetParam(), RandomRows(kRows, 50, 4));
  FloatTerms all;
  all.Prepare(GetParam(), 50);
  const RowTerms terms = all.OfBlock(table.vectors(), kRows);
  FloatBounds bounds;
  bounds.Prepare(GetParam(), table.SearchVector(0));
  const std::vector<float> products =
      Products(table, table.SearchVector(0).data());
  for (size_t row = 0; row < kRows; ++row) {
    const ScoreRange range =
        bounds.Range(terms.errors[row], terms.shifts[row], products[row]);
    EXPECT_LT(range.upper - range.lower, 0.01);
  }
}

TEST_P(FloatBoundsTest, TermsCanBePreparedForAnotherMetric) {
  const Table table = MakeTable("t", GetParam(), RandomRows(kRows, 9, 5));
  FloatTerms fresh;
  fresh.Prepare(GetParam(), 9);
  const RowTerms expected = fresh.OfBlock(table.vectors(), kRows);
  for (const Metric before : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    FloatTerms used;
    used.Prepare(before, 9);
    used.OfBlock(table.vectors(), kRows);
    used.Prepare(GetParam(), 9);
    const RowTerms terms = used.OfBlock(table.vectors(), kRows);
    for (size_t row = 0; row < kRows; ++row) {
      EXPECT_EQ(terms.errors[row], expected.errors[row]);
      EXPECT_EQ(terms.shifts[row], expected.shifts[row]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachMetric, FloatBoundsTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

}  // namespace
}  // namespace akin
