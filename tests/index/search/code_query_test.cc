// Distances by code against the true ones, of vectors and of rows as queries.

#include "index/search/code_query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "index/search/row_query.h"
#include "tests/support/brute_force.h"
#include "tests/support/clustered_data.h"

namespace akin {
namespace {

constexpr size_t kRows = 400;

double SquaredLength(absl::Span<const float> x) {
  double sum = 0;
  for (const float v : x) sum += double{v} * v;
  return sum;
}

double SquaredDistance(const std::vector<float>& x,
                       const std::vector<float>& y) {
  double sum = 0;
  for (size_t j = 0; j < x.size(); ++j) {
    sum += (double{x[j]} - y[j]) * (double{x[j]} - y[j]);
  }
  return sum;
}

std::vector<float> DistancesByCode(const Codes& codes, const CodeQuery& query) {
  std::vector<uint32_t> rows(codes.rows());
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<float> distances(rows.size());
  ActiveCodeKernels().distances(RowsOf(codes), query, rows.data(), rows.size(),
                                distances.data());
  return distances;
}

class CodeQueryTest : public testing::TestWithParam<Metric> {
 protected:
  // What the codes' distance stands for.
  static double TrueDistance(const Table& table, const Codes& codes,
                             const std::vector<float>& query, uint32_t row) {
    const double score = TrueScore(table, query, row);
    if (table.metric() == Metric::kL2) return -score;
    if (table.metric() == Metric::kCosine) return 2 - 2 * score;
    return SquaredLength(query) + double{codes.longest()} * codes.longest() -
           2 * score;
  }

  WorkerPool pool_{1};
};

TEST_P(CodeQueryTest, DistancesAreOffByNoMoreThanTheCodes) {
  for (const size_t dimension : {1, 2, 7, 31, 60, 64, 65, 200, 784}) {
    SCOPED_TRACE(dimension);
    RowsAndQueries data =
        ClusteredRowsAndQueries(kRows, 10, dimension, dimension);
    SpreadLengths(0.3, 1, &data.rows);
    const Table table = TableOf(GetParam(), data.rows);
    const Codes codes = *Codes::Encode(table, &pool_);
    double relative = 0;
    CodeQuery query;  // used again, for what it holds must not matter
    const Vectors queries = AsQueries(GetParam(), data.queries);
    for (const std::vector<float>& vector : queries) {
      PrepareCodeQuery(codes, vector, &query);
      const std::vector<float> distances = DistancesByCode(codes, query);
      for (uint32_t row = 0; row < kRows; ++row) {
        const double truth = TrueDistance(table, codes, vector, row);
        const double error = codes.Error(row);
        // Cauchy and Schwarz on what the code lost; then the query's rounding.
        const double span = GetParam() == Metric::kL2
                                ? std::sqrt(truth)
                                : std::sqrt(SquaredLength(vector));
        const double scale = truth + SquaredLength(vector);
        ASSERT_NEAR(distances[row], truth,
                    2 * span * error + error * error + 1e-3 * scale);
        relative += std::abs(distances[row] - truth) / scale;
      }
    }
    // Of few components one that is off by half a step counts for more.
    EXPECT_LT(relative / static_cast<double>(kRows * queries.size()),
              dimension < 31 ? 0.02 : 0.005);
  }
}

TEST_P(CodeQueryTest, ARowAsQueryIsItsDecodedVectorAsQuery) {
  for (const size_t dimension : {1, 7, 60, 64, 200, 784}) {
    SCOPED_TRACE(dimension);
    Vectors rows = ClusteredVectors(kRows, dimension, dimension);
    SpreadLengths(0.3, 1, &rows);
    const Table table = TableOf(GetParam(), rows);
    const Codes codes = *Codes::Encode(table, &pool_);
    const RowQueries row_queries(codes);
    std::vector<float> decoded(codes.dimension());
    CodeQuery by_row;
    CodeQuery by_vector;
    for (const uint32_t row : {0u, 1u, 77u, 399u}) {
      codes.Decode(row, decoded.data());
      row_queries.Prepare(row, &by_row);
      PrepareCodeQuery(codes, decoded, &by_vector);
      ASSERT_EQ(by_row.values.size(), by_vector.values.size());
      const std::vector<float> a = DistancesByCode(codes, by_row);
      const std::vector<float> b = DistancesByCode(codes, by_vector);
      const double scale = *std::max_element(b.begin(), b.end());
      for (uint32_t other = 0; other < kRows; ++other) {
        // Under cosine and dot a query's own length is taken for that of the
        // vectors, which decoding changes a little, for all rows alike.
        ASSERT_NEAR(a[other] - a[row], b[other] - b[row], 2e-3 * scale)
            << row << " to " << other;
      }
    }
  }
}

// The graph is built by these: the distance of two rows is that of what their
// codes hold; under dot, twice their inner product less than a constant.
TEST_P(CodeQueryTest, RowsAreAsFarApartAsTheirDecodedVectors) {
  const Table table = TableOf(GetParam(), ClusteredVectors(kRows, 50, 3));
  const Codes codes = *Codes::Encode(table, &pool_);
  const RowQueries row_queries(codes);
  Vectors decoded(kRows, std::vector<float>(codes.dimension()));
  for (uint32_t row = 0; row < kRows; ++row) {
    codes.Decode(row, decoded[row].data());
  }
  CodeQuery query;
  for (uint32_t row = 0; row < kRows; row += 40) {
    row_queries.Prepare(row, &query);
    const std::vector<float> distances = DistancesByCode(codes, query);
    for (uint32_t other = 0; other < kRows; ++other) {
      double truth = SquaredDistance(decoded[row], decoded[other]);
      if (GetParam() == Metric::kDot) {
        const double longest = codes.longest();
        truth = 2 * longest * longest;
        for (size_t j = 0; j < decoded[row].size(); ++j) {
          truth -= 2.0 * decoded[row][j] * decoded[other][j];
        }
      }
      // Length is as before coding, so rows are off by what coding did to it.
      const double length = SquaredLength(decoded[row]);
      EXPECT_NEAR(distances[other], truth, 0.02 * length + 0.01 * truth);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachMetric, CodeQueryTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

TEST(CopyEntryCodes, HasTheLeadersThenTheEntries) {
  WorkerPool pool(1);
  const Table table = TableOf(Metric::kL2, ClusteredVectors(20, 40, 1));
  const Codes codes = *Codes::Encode(table, &pool);
  const std::vector<uint32_t> rows = {19, 19, 0, 7};
  const Entries entries = {
      .leaders = {19}, .rows = {19, 0, 7}, .begins = {0, 3}};
  const PageBuffer copy = *CopyEntryCodes(codes, entries);
  const auto* bytes = reinterpret_cast<const int8_t*>(copy.data());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_TRUE(std::equal(codes.Row(rows[i]),
                           codes.Row(rows[i]) + codes.stride(),
                           bytes + i * codes.stride()));
  }
}

}  // namespace
}  // namespace akin
