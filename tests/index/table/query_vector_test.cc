#include "index/table/query_vector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using ::testing::FloatEq;
using ::testing::Pointwise;

std::vector<float> QueryOf(const Table& source, Metric metric,
                           double* length = nullptr) {
  std::vector<float> query(source.dimension());
  const double found =
      CopyQueryVector(source, 0, metric, absl::MakeSpan(query));
  if (length != nullptr) *length = found;
  return query;
}

TEST(CopyQueryVector, HasTheFormThatTheOtherTableCompares) {
  const Rows rows = {{"a", {3, 4}}};
  for (const Metric source : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const Table table = MakeTable("t", source, rows);
    EXPECT_THAT(QueryOf(table, Metric::kCosine),
                Pointwise(FloatEq(), {0.6f, 0.8f}));
    for (const Metric metric : {Metric::kDot, Metric::kL2}) {
      double length = 0;
      EXPECT_THAT(QueryOf(table, metric, &length),
                  Pointwise(FloatEq(), {3.0f, 4.0f}));
      EXPECT_FLOAT_EQ(length, 5);
    }
  }
}

TEST(CopyQueryVector, AZeroVectorHasNoDirection) {
  const Table table = MakeTable("t", Metric::kDot, {{"a", {0, 0}}});
  double length = 1;
  QueryOf(table, Metric::kCosine, &length);
  EXPECT_EQ(length, 0);
}

TEST(CopyQueryVector, WhatIsLeftOfDroppedVectorsIsScaledToo) {
  Table table = MakeTable("t", Metric::kCosine, {{"a", {3, 4}}});
  EXPECT_TRUE(table.has_vectors());
  const size_t before = table.memory_bytes();
  // Near length 1 only, as decoded codes are.
  table.DropVectors([](uint32_t row, absl::Span<float> out) {
    EXPECT_EQ(row, 0u);
    out[0] = 0.5f;
    out[1] = 0.0f;
  });
  EXPECT_FALSE(table.has_vectors());
  EXPECT_EQ(before - table.memory_bytes(), 2 * sizeof(float));
  EXPECT_THAT(QueryOf(table, Metric::kCosine),
              Pointwise(FloatEq(), {1.0f, 0.0f}));
  // The trained length is still known.
  EXPECT_THAT(QueryOf(table, Metric::kDot), Pointwise(FloatEq(), {2.5f, 0.0f}));
}

}  // namespace
}  // namespace akin
