// A row of the layout by its own description: what was written is read in the
// plainest way, and its estimates are held against the true distances.

#include "index/search/rows_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "index/base/half.h"
#include "index/search/rows_index.h"
#include "tests/support/clustered_data.h"
#include "tests/support/simd_targets.h"

namespace akin {
namespace {

// Rows 0..32: row 0 and its neighbours.
struct Block {
  RowsLayout layout;
  std::vector<char> data;
  Vectors vectors;  // as the halves have them

  const char* row(size_t i) const { return data.data() + i * layout.stride; }
};

Block MakeBlock(size_t dimension, uint32_t bits, size_t neighbors,
                bool dot = false) {
  Block block;
  block.layout = RowsIndex::LayoutOf(dimension, bits);
  block.vectors = ClusteredVectors(kRowNeighbors + 1, dimension, dimension);
  block.data.resize(block.vectors.size() * block.layout.stride, 0x55);
  for (size_t i = 0; i < block.vectors.size(); ++i) {
    char* row = block.data.data() + i * block.layout.stride;
    auto* halves = reinterpret_cast<uint16_t*>(row);
    std::fill_n(halves, block.layout.padded_dimension, uint16_t{0});
    for (size_t j = 0; j < dimension; ++j) {
      halves[j] = FloatToHalf(block.vectors[i][j]);
      block.vectors[i][j] = HalfToFloat(halves[j]);
    }
  }
  std::vector<uint32_t> ids(kRowNeighbors, kNoRow);
  for (uint32_t n = 0; n < neighbors; ++n) ids[n] = n + 1;
  const RowsView view{.layout = block.layout,
                      .dot = dot,
                      .data = block.data.data(),
                      .rows = block.vectors.size()};
  WriteRowNeighbors(view, 0, ids.data(), block.data.data());
  return block;
}

// The code of neighbour n in group g, as rows_walk.cc lays codes out.
uint32_t CodeAt(const Block& block, size_t n, size_t g) {
  const auto byte = static_cast<uint8_t>(
      block.row(0)[block.layout.codes_at + g * 16 + 2 * (n % 8) + n / 8 % 2]);
  return n >= 16 ? byte >> 4 : byte & 0x0F;
}

double SquaredDistance(const std::vector<float>& x,
                       const std::vector<float>& y) {
  double sum = 0;
  for (size_t j = 0; j < x.size(); ++j) {
    sum += (double{x[j]} - y[j]) * (double{x[j]} - y[j]);
  }
  return sum;
}

// <x, q> of neighbour n: by its digits, and by the lookup tables.
double ProductByDigits(const Block& block, const std::vector<float>& q,
                       size_t n) {
  const uint32_t bits = block.layout.bits;
  const size_t per_group = 4 / bits;
  const double top = ((1 << bits) - 1) / 2.0;
  double product = 0;
  for (size_t j = 0; j < block.layout.dimension; ++j) {
    const uint32_t code = CodeAt(block, n, j / per_group);
    const uint32_t digit = code >> (j % per_group * bits) & ((1u << bits) - 1);
    product += (digit - top) * q[j];
  }
  return product;
}

double ProductByLookup(const Block& block, const RowsQuery& query, size_t n) {
  int sum = 0;
  for (size_t g = 0; g < block.layout.groups; ++g) {
    sum += query.lookup[g * 16 + CodeAt(block, n, g)];
  }
  return double{query.base} + double{query.step} * sum;
}

// Of neighbour n, by the formula of rows_index.h.
double Estimate(const Block& block, double own_distance, double product,
                size_t n) {
  const auto* factors =
      reinterpret_cast<const uint16_t*>(block.row(0) + block.layout.factors_at);
  return own_distance + HalfToFloat(factors[n]) +
         HalfToFloat(factors[kRowNeighbors + n]) * product;
}

class RowsWalkTest : public EachTargetTest {};

TEST_P(RowsWalkTest, EstimatesAreNearTheTrueDistances) {
  struct Case {
    uint32_t bits;
    // Of an estimate, as a share of the true distance, at one dimension. Random
    // errors of the components cancel each other as their number grows.
    double error;
  };
  for (const auto& [bits, error] :
       {Case{1, 1.4}, Case{2, 0.7}, Case{4, 0.18}}) {
    for (const size_t dimension : {33, 64, 100, 256}) {
      SCOPED_TRACE(std::to_string(bits) + " bits, " +
                   std::to_string(dimension) + " dimensions");
      const Block block = MakeBlock(dimension, bits, kRowNeighbors);
      const Vectors queries = ClusteredVectors(50, dimension, 99);
      RowsQuery query;
      const double most = error / std::sqrt(static_cast<double>(dimension));
      double off = 0;
      double bias = 0;
      double lookup_off = 0;
      for (const std::vector<float>& q : queries) {
        query.rotated = q;
        query.rotated.resize(block.layout.padded_dimension, 0);
        MakeLookup(block.layout, &query);
        const double own = SquaredDistance(q, block.vectors[0]);
        for (size_t n = 0; n < kRowNeighbors; ++n) {
          const double truth = SquaredDistance(q, block.vectors[n + 1]);
          const double plain =
              Estimate(block, own, ProductByDigits(block, q, n), n);
          off += std::abs(plain - truth) / truth;
          bias += (plain - truth) / truth;
          const double by_lookup =
              Estimate(block, own, ProductByLookup(block, query, n), n);
          lookup_off += std::abs(by_lookup - plain) / truth;
        }
      }
      const double count = 50.0 * kRowNeighbors;
      EXPECT_LT(off / count, most);
      EXPECT_LT(std::abs(bias / count), most / 2);
      EXPECT_LT(lookup_off / count, 0.01);
    }
  }
}

// Less a constant: the distance under dot.
double DotDistance(const std::vector<float>& x, const std::vector<float>& y) {
  double sum = 0;
  for (size_t j = 0; j < x.size(); ++j) sum += double{x[j]} * y[j];
  return -2 * sum;
}

TEST_P(RowsWalkTest, UnderDotEstimatesAreOfTheInnerProduct) {
  constexpr size_t kDimension = 100;
  for (const auto& [bits, error] :
       {std::pair{1, 0.12}, std::pair{2, 0.06}, std::pair{4, 0.015}}) {
    SCOPED_TRACE(bits);
    const Block block = MakeBlock(kDimension, bits, kRowNeighbors, true);
    double off = 0;
    double bias = 0;
    for (const std::vector<float>& q : ClusteredVectors(50, kDimension, 99)) {
      const double own = DotDistance(q, block.vectors[0]);
      for (size_t n = 0; n < kRowNeighbors; ++n) {
        const std::vector<float>& neighbor = block.vectors[n + 1];
        const double estimate =
            Estimate(block, own, ProductByDigits(block, q, n), n);
        const double reach =
            std::sqrt(DotDistance(q, q) * DotDistance(neighbor, neighbor));
        off += std::abs(estimate - DotDistance(q, neighbor)) / reach;
        bias += (estimate - DotDistance(q, neighbor)) / reach;
      }
    }
    const double count = 50.0 * kRowNeighbors;
    EXPECT_LT(off / count, error);
    EXPECT_LT(std::abs(bias / count), error / 2);
  }
}

// The estimate of a query that is the neighbour itself, or the row.
TEST_P(RowsWalkTest, TheCodeIsExactAlongTheResidual) {
  const Block block = MakeBlock(128, 4, kRowNeighbors);
  for (size_t n = 0; n < kRowNeighbors; ++n) {
    const double length =
        SquaredDistance(block.vectors[0], block.vectors[n + 1]);
    const double at_row =
        Estimate(block, 0, ProductByDigits(block, block.vectors[0], n), n);
    EXPECT_NEAR(at_row, length, 0.01 * length + 0.2);
    const double at_neighbor = Estimate(
        block, length, ProductByDigits(block, block.vectors[n + 1], n), n);
    EXPECT_NEAR(at_neighbor, 0, 0.01 * length + 0.2);
  }
}

TEST_P(RowsWalkTest, AShortListIsFilledWithTheRowItself) {
  const Block block = MakeBlock(40, 2, 5);
  const auto* ids =
      reinterpret_cast<const uint32_t*>(block.row(0) + block.layout.ids_at);
  for (uint32_t n = 0; n < kRowNeighbors; ++n) {
    EXPECT_EQ(ids[n], n < 5 ? n + 1 : 0u);
    if (n < 5) continue;
    const double estimate =
        Estimate(block, 0, ProductByDigits(block, block.vectors[9], n), n);
    EXPECT_GT(estimate, 60'000);
  }
}

INSTANTIATE_TEST_SUITE_P(EachTarget, RowsWalkTest,
                         testing::ValuesIn(TargetsOfThisMachine()),
                         TargetTestName);

TEST(RowsLayoutTest, PartsDoNotOverlapAndRowsAreWholeLines) {
  for (const uint32_t bits : {1, 2, 4}) {
    for (size_t dimension = 1; dimension <= 2048; ++dimension) {
      const RowsLayout layout = RowsIndex::LayoutOf(dimension, bits);
      ASSERT_EQ(layout.bits, bits);
      ASSERT_GE(layout.padded_dimension, dimension);
      ASSERT_EQ(layout.padded_dimension % 16, 0u);
      ASSERT_GE(layout.groups * (4 / bits), dimension);
      ASSERT_EQ(layout.groups % 4, 0u);
      ASSERT_EQ(layout.codes_at, layout.padded_dimension * 2);
      ASSERT_EQ(layout.factors_at, layout.codes_at + layout.groups * 16);
      ASSERT_EQ(layout.ids_at, layout.factors_at + kRowNeighbors * 4);
      ASSERT_GE(layout.stride, layout.ids_at + kRowNeighbors * 4);
      ASSERT_LT(layout.stride, layout.ids_at + kRowNeighbors * 4 + 64);
      ASSERT_EQ(layout.stride % 64, 0u);
    }
  }
}

}  // namespace
}  // namespace akin
