#include "index/table/codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "index/table/table_builder.h"
#include "tests/support/hard_rows.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

Codes EncodeOrDie(const Table& table, size_t threads = 2) {
  WorkerPool pool(threads);
  auto codes = Codes::Encode(table, &pool);
  EXPECT_THAT(codes, IsOk());
  return *std::move(codes);
}

double SquaredLength(absl::Span<const float> x) {
  double sum = 0;
  for (const float value : x) sum += double{value} * value;
  return sum;
}

class CodesTest : public testing::TestWithParam<Metric> {};

TEST_P(CodesTest, RoundTripErrorIsAtMostTheStoredOne) {
  for (const std::string& kind : HardKinds()) {
    for (const size_t dimension : {1, 3, 32, 50, 129}) {
      const Table table =
          MakeTable("t", GetParam(), HardRows(kind, 300, dimension, 1));
      const Codes codes = EncodeOrDie(table);
      for (uint32_t row = 0; row < 300; ++row) {
        const auto vector = table.SearchVector(row);
        double lost = 0;
        for (size_t j = 0; j < dimension; ++j) {
          const double decoded = codes.offsets()[j] +
                                 double{codes.scales()[j]} * codes.Row(row)[j];
          lost += (vector[j] - decoded) * (vector[j] - decoded);
        }
        ASSERT_LE(std::sqrt(lost), codes.Error(row) * (1 + 1e-6))
            << kind << " dimension " << dimension << " row " << row;
      }
    }
  }
}

TEST_P(CodesTest, ErrorIsSmallOnPlainData) {
  const Table table = MakeTable("t", GetParam(), RandomRows(1000, 64, 2));
  const Codes codes = EncodeOrDie(table);
  for (uint32_t row = 0; row < 1000; ++row) {
    EXPECT_LT(codes.Error(row),
              0.03 * std::sqrt(SquaredLength(table.SearchVector(row))));
    EXPECT_GT(codes.Error(row), 0);
  }
}

TEST_P(CodesTest, DecodeGivesOffsetPlusScaleTimesCode) {
  const Table table = MakeTable("t", GetParam(), RandomRows(50, 21, 3));
  const Codes codes = EncodeOrDie(table);
  std::vector<float> decoded(codes.dimension());
  for (uint32_t row = 0; row < 50; ++row) {
    codes.Decode(row, decoded.data());
    for (size_t j = 0; j < decoded.size(); ++j) {
      EXPECT_NEAR(
          decoded[j],
          codes.offsets()[j] + double{codes.scales()[j]} * codes.Row(row)[j],
          1e-5);
    }
  }
}

TEST_P(CodesTest, RowsAreAlignedAndPaddedWithZeros) {
  for (const size_t dimension : {1, 27, 28, 29, 31, 32, 33, 60, 64, 100, 200}) {
    const Table table =
        MakeTable("t", GetParam(), RandomRows(20, dimension, 4));
    const Codes codes = EncodeOrDie(table);
    EXPECT_TRUE(codes.stride() == 32 || codes.stride() % 64 == 0);
    const size_t tail = GetParam() == Metric::kL2 ? sizeof(float) : 0;
    ASSERT_GE(codes.stride(), codes.dimension() + tail);
    EXPECT_LT(codes.stride(), codes.dimension() + tail + 64);
    for (size_t row = 0; row < 20; ++row) {
      for (size_t j = codes.dimension(); j < codes.stride() - tail; ++j) {
        EXPECT_EQ(codes.Row(row)[j], 0);
      }
    }
  }
}

TEST_P(CodesTest, ConstantColumnsAreCodedWithoutError) {
  const Table table = MakeTable(
      "t", GetParam(), {{"a", {3, 4, 0}}, {"b", {3, 4, 0}}, {"c", {3, 4, 0}}});
  const Codes codes = EncodeOrDie(table);
  for (size_t row = 0; row < 3; ++row) {
    EXPECT_LT(codes.Error(row), 1e-6);
    std::vector<float> decoded(codes.dimension());
    codes.Decode(row, decoded.data());
    for (size_t j = 0; j < 3; ++j) {
      EXPECT_NEAR(decoded[j], table.SearchVector(static_cast<uint32_t>(row))[j],
                  1e-6);
    }
  }
}

TEST_P(CodesTest, ThreadsDoNotChangeThem) {
  const Table table = MakeTable("t", GetParam(), RandomRows(9000, 10, 5));
  const Codes one = EncodeOrDie(table, 1);
  const Codes three = EncodeOrDie(table, 3);
  EXPECT_EQ(one.errors(), three.errors());
  EXPECT_TRUE(std::equal(one.data(), one.Row(9000), three.data()));
}

INSTANTIATE_TEST_SUITE_P(EachMetric, CodesTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

TEST(Codes, KnowTheLongestRowUnderDot) {
  const Table table =
      MakeTable("t", Metric::kDot, HardRows("LengthsVary", 500, 20, 6));
  const Codes codes = EncodeOrDie(table);
  ASSERT_EQ(codes.dimension(), 20u);
  double longest = 0;
  for (uint32_t row = 0; row < 500; ++row) {
    longest =
        std::max(longest, std::sqrt(SquaredLength(table.SearchVector(row))));
  }
  EXPECT_NEAR(codes.longest(), longest, 1e-6 * longest);
}

TEST(Codes, L2RowsKnowTheirSquaredLength) {
  const Table table =
      MakeTable("t", Metric::kL2, HardRows("FarFromZero", 500, 30, 7));
  const Codes codes = EncodeOrDie(table);
  for (size_t row = 0; row < 500; ++row) {
    double length = 0;
    for (size_t j = 0; j < 30; ++j) {
      const double x = double{codes.scales()[j]} * codes.Row(row)[j];
      length += x * x;
    }
    EXPECT_NEAR(codes.SquaredLength(row), length, 1e-6 * length);
  }
  EXPECT_EQ(
      EncodeOrDie(MakeTable("t", Metric::kDot, RoyalRows())).SquaredLength(0),
      0);
}

}  // namespace
}  // namespace akin
