#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "tests/bench/engine/clustered_vectors.h"
#include "tests/bench/engine/factor_vectors.h"
#include "tests/bench/engine/factorise.h"
#include "tests/bench/engine/seeded_random.h"

namespace akin::bench {
namespace {

using ::testing::Each;
using ::testing::Truly;

ClusterShape SmallShape() {
  ClusterShape shape;
  shape.dimension = 24;
  shape.clusters = 50;
  return shape;
}

std::vector<float> Rows(const ClusteredVectors& source, size_t count) {
  std::vector<float> out(count * source.dimension());
  for (size_t i = 0; i < count; ++i) {
    source.Write(
        i, absl::MakeSpan(&out[i * source.dimension()], source.dimension()));
  }
  return out;
}

double LengthOf(absl::Span<const float> values) {
  return std::sqrt(
      std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

TEST(SeededRandomTest, NumbersHaveTheMomentsTheyShould) {
  SeededRandom random(3);
  constexpr size_t kCount = 200'000;
  double normal = 0, normal2 = 0, nearly = 0, nearly2 = 0, uniform = 0;
  for (size_t i = 0; i < kCount; ++i) {
    const double a = random.Normal();
    const double b = random.NearlyNormal();
    const double c = random.Uniform();
    ASSERT_GE(c, 0);
    ASSERT_LT(c, 1);
    normal += a / kCount;
    normal2 += a * a / kCount;
    nearly += b / kCount;
    nearly2 += b * b / kCount;
    uniform += c / kCount;
  }
  EXPECT_NEAR(normal, 0, 0.01);
  EXPECT_NEAR(normal2, 1, 0.02);
  EXPECT_NEAR(nearly, 0, 0.01);
  EXPECT_NEAR(nearly2, 1, 0.02);
  EXPECT_NEAR(uniform, 0.5, 0.005);
}

TEST(SeededRandomTest, StreamsDiffer) {
  EXPECT_NE(SeededRandom(1, 1).Next(), SeededRandom(1, 2).Next());
  EXPECT_NE(SeededRandom(1, 1).Next(), SeededRandom(2, 1).Next());
  EXPECT_EQ(SeededRandom(5, 7).Next(), SeededRandom(5, 7).Next());
}

TEST(ClusteredVectorsTest, SameSeedSameVectors) {
  EXPECT_EQ(Rows(ClusteredVectors(SmallShape()), 100),
            Rows(ClusteredVectors(SmallShape()), 100));
}

TEST(ClusteredVectorsTest, OtherSeedOtherVectors) {
  ClusterShape other = SmallShape();
  other.seed = 2;
  EXPECT_NE(Rows(ClusteredVectors(SmallShape()), 1),
            Rows(ClusteredVectors(other), 1));
}

TEST(ClusteredVectorsTest, RowsDoNotDependOnEachOther) {
  const ClusteredVectors source(SmallShape());
  const std::vector<float> rows = Rows(source, 50);
  std::vector<float> row(source.dimension());
  source.Write(49, absl::MakeSpan(row));
  EXPECT_TRUE(std::equal(row.begin(), row.end(), &rows[49 * row.size()]));
}

TEST(ClusteredVectorsTest, LargeClustersHoldMoreRows) {
  const ClusteredVectors source(SmallShape());
  std::vector<std::vector<float>> centres;
  std::vector<size_t> counts;
  std::vector<float> centre(source.dimension());
  for (uint64_t i = 0; i < 5000; ++i) {
    source.WriteCentre(i, absl::MakeSpan(centre));
    const auto at = std::find(centres.begin(), centres.end(), centre);
    if (at == centres.end()) {
      centres.push_back(centre);
      counts.push_back(1);
    } else {
      ++counts[static_cast<size_t>(at - centres.begin())];
    }
  }
  EXPECT_EQ(centres.size(), SmallShape().clusters);
  // 1 / 50^0.8 is about 1 / 23.
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  EXPECT_GT(*most, 8 * *least);
}

TEST(FactorVectorsTest, ItemsDifferInLengthAndUsersInDirection) {
  FactorShape shape;
  shape.dimension = 32;
  const FactorVectors source(shape);
  std::vector<float> row(shape.dimension);
  double sum = 0, sum2 = 0;
  constexpr size_t kCount = 3000;
  for (uint64_t i = 0; i < kCount; ++i) {
    source.WriteItem(i, absl::MakeSpan(row));
    const double log_length = std::log(LengthOf(row));
    sum += log_length / kCount;
    sum2 += log_length * log_length / kCount;
  }
  EXPECT_NEAR(sum, 0, 0.05);
  EXPECT_NEAR(std::sqrt(sum2 - sum * sum), shape.length_spread, 0.05);
  std::vector<float> again(shape.dimension);
  source.WriteUser(7, absl::MakeSpan(row));
  source.WriteUser(7, absl::MakeSpan(again));
  EXPECT_EQ(row, again);
  EXPECT_THAT(row, Each(Truly([](float x) { return std::isfinite(x); })));
}

// Two groups of users, each with items of its own.
std::vector<std::vector<uint32_t>> TwoTastes(size_t users) {
  std::vector<std::vector<uint32_t>> used(users);
  SeededRandom random(4);
  for (size_t u = 0; u < users; ++u) {
    for (uint32_t item = 0; item < 20; ++item) {
      if (random.Uniform() < 0.5) used[u].push_back(u % 2 * 20 + item);
    }
  }
  return used;
}

TEST(FactoriseTest, LearnsWhoLikesWhat) {
  const auto used = TwoTastes(60);
  WorkerPool pool(2);
  FactoriseOptions options;
  options.dimension = 8;
  options.regularisation = 0.1f;
  const Factors factors = Factorise(used, 40, options, &pool);
  ASSERT_EQ(factors.users.size(), 60u * 8);
  ASSERT_EQ(factors.items.size(), 40u * 8);
  double own = 0, other = 0;
  for (size_t u = 0; u < 60; ++u) {
    for (size_t item = 0; item < 40; ++item) {
      const double score =
          std::inner_product(&factors.users[u * 8], &factors.users[u * 8] + 8,
                             &factors.items[item * 8], 0.0);
      (item / 20 == u % 2 ? own : other) += score / (60 * 20);
    }
  }
  EXPECT_GT(own, 0.5);
  EXPECT_LT(std::abs(other), 0.1);
}

TEST(FactoriseTest, ThreadsDoNotMatter) {
  const auto used = TwoTastes(30);
  WorkerPool one(1);
  WorkerPool many(4);
  FactoriseOptions options;
  options.dimension = 6;
  EXPECT_EQ(Factorise(used, 40, options, &one).items,
            Factorise(used, 40, options, &many).items);
}

TEST(FactoriseTest, ItemsNobodyUsedGetNothing) {
  WorkerPool pool(1);
  FactoriseOptions options;
  options.dimension = 4;
  const Factors factors = Factorise({{0}, {0}}, 2, options, &pool);
  EXPECT_GT(LengthOf(absl::MakeSpan(&factors.items[0], 4)), 0.1);
  EXPECT_LT(LengthOf(absl::MakeSpan(&factors.items[4], 4)), 1e-3);
}

}  // namespace
}  // namespace akin::bench
