#include "index/query/cosmul.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/index/query/asked_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Expected = std::vector<std::pair<std::string, float>>;

// Rows that Python computes alike; what gensim 4.2 answers of them stands
// below.
Rows GensimRows() {
  Rows rows;
  for (int i = 0; i < 40; ++i) {
    std::vector<float> values;
    for (int j = 0; j < 6; ++j) {
      values.push_back(
          static_cast<float>((i * i * 7 + j * 13 + i * j * 5) % 19 - 9) +
          0.25f * static_cast<float>((i + j) % 3));
    }
    rows.emplace_back(absl::StrCat("w", i), std::move(values));
  }
  return rows;
}

std::vector<Term> TermsOf(
    const std::vector<std::pair<const char*, float>>& ids) {
  std::vector<Term> terms;
  for (const auto& [id, weight] : ids) {
    terms.push_back({ItemRef{"", id}, weight});
  }
  return terms;
}

class GensimTest : public testing::Test {
 protected:
  void Expect(const Combination& combination, const Expected& expected) const {
    for (const bool exact : {false, true}) {
      SearchOptions options;
      options.k = 8;
      options.exact = exact;
      const auto answer = asked_.Ask(combination, options);
      ASSERT_THAT(answer, IsOk());
      ASSERT_EQ(answer->hits.size(), expected.size());
      for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(answer->hits[i].id, expected[i].first) << i;
        EXPECT_NEAR(answer->hits[i].score, expected[i].second, 1e-5) << i;
      }
    }
  }

  const AskedVersion asked_{Metric::kCosine, GensimRows()};
};

// most_similar(positive=["w3", "w8"], negative=["w5"], topn=8)
TEST_F(GensimTest, MostSimilar) {
  Combination sum;
  sum.plus = TermsOf({{"w3", 1}, {"w8", 1}});
  sum.minus = TermsOf({{"w5", 1}});
  const Expected expected = {{"w27", 0.73979467f}, {"w22", 0.67070204f},
                             {"w13", 0.4538013f},  {"w32", 0.45366219f},
                             {"w37", 0.3536666f},  {"w18", 0.33857056f},
                             {"w7", 0.31313983f},  {"w26", 0.31304637f}};
  Expect(sum, expected);
  // Under cosine the length of the sum makes no difference.
  sum.method = CombinationMethod::kMean;
  Expect(sum, expected);
}

// positive=[("w3", 2.0), ("w8", 0.5)], negative=[("w5", -1.5)]
TEST_F(GensimTest, MostSimilarWithWeights) {
  Combination sum;
  sum.plus = TermsOf({{"w3", 2}, {"w8", 0.5}});
  sum.minus = TermsOf({{"w5", 1.5}});
  Expect(sum, {{"w22", 0.81527919f},
               {"w37", 0.52317029f},
               {"w18", 0.52286422f},
               {"w27", 0.49445155f},
               {"w7", 0.43349665f},
               {"w26", 0.43261421f},
               {"w13", 0.38557172f},
               {"w32", 0.38425764f}});
}

// most_similar_cosmul(positive=["w3", "w8"], negative=["w5"], topn=8)
TEST_F(GensimTest, MostSimilarCosmul) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = TermsOf({{"w3", 1}, {"w8", 1}});
  product.minus = TermsOf({{"w5", 1}});
  Expect(product, {{"w27", 1.8302022f},
                   {"w22", 1.4821403f},
                   {"w13", 1.2990324f},
                   {"w32", 1.2947727f},
                   {"w17", 0.92911047f},
                   {"w36", 0.91244459f},
                   {"w37", 0.83069819f},
                   {"w34", 0.80331844f}});
}

// positive=["w3", "w8", "w11"]
TEST_F(GensimTest, MostSimilarCosmulWithoutMinus) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = TermsOf({{"w3", 1}, {"w8", 1}, {"w11", 1}});
  Expect(product, {{"w27", 0.31625196f},
                   {"w32", 0.27279785f},
                   {"w13", 0.27139622f},
                   {"w10", 0.15022214f},
                   {"w29", 0.14974418f},
                   {"w34", 0.14881566f},
                   {"w15", 0.14825511f},
                   {"w35", 0.12978724f}});
}

// positive=["w1"], negative=["w5", "w9"]
TEST_F(GensimTest, MostSimilarCosmulMostlyMinus) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = TermsOf({{"w1", 1}});
  product.minus = TermsOf({{"w5", 1}, {"w9", 1}});
  Expect(product, {{"w27", 7.3262272f},
                   {"w8", 6.8627148f},
                   {"w13", 4.2518196f},
                   {"w32", 4.1785297f},
                   {"w35", 3.1127768f},
                   {"w16", 3.0841112f},
                   {"w7", 3.0725584f},
                   {"w26", 3.0601096f}});
}

class CosmulTest : public testing::Test {
 protected:
  absl::Span<const float> VectorOf(const Operand& operand) const {
    const auto* ref = std::get_if<ItemRef>(&operand);
    if (ref == nullptr) return std::get<absl::Span<const float>>(operand);
    return asked_.table().SearchVector(*asked_.table().ids().Find(ref->id));
  }
  // In double, by the formula; given vectors have length 1.
  double TrueScore(const Combination& product, uint32_t row) const {
    double above = 1;
    double below = 1;
    for (const auto* terms : {&product.plus, &product.minus}) {
      for (const Term& term : *terms) {
        const auto a = asked_.table().SearchVector(row);
        const auto b = VectorOf(term.operand);
        double cosine = 0;
        for (size_t i = 0; i < a.size(); ++i) cosine += double{a[i]} * b[i];
        (terms == &product.plus ? above : below) *=
            std::pow((1 + cosine) / 2, term.weight);
      }
    }
    return above / (below + 1e-6);
  }
  std::vector<std::string> TrueBest(const Combination& product,
                                    const std::vector<uint32_t>& without,
                                    size_t k) const {
    std::vector<std::pair<double, uint32_t>> all;
    for (uint32_t row = 0; row < asked_.table().rows(); ++row) {
      if (std::count(without.begin(), without.end(), row) == 0) {
        all.emplace_back(-TrueScore(product, row), row);
      }
    }
    std::sort(all.begin(), all.end());
    std::vector<std::string> ids;
    for (size_t i = 0; i < std::min(k, all.size()); ++i) {
      ids.emplace_back(asked_.table().ids().Id(all[i].second));
    }
    return ids;
  }

  const AskedVersion asked_{Metric::kCosine, RandomRows(3000, 6, 5)};
};

TEST_F(CosmulTest, ExactScoresAllRows) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = TermsOf({{"r1", 0.5}, {"r2", 2}});
  product.minus = TermsOf({{"r3", 1.5}});
  const auto exact = asked_.Ask(product, {.k = 20, .exact = true});
  EXPECT_EQ(IdsOf(exact), TrueBest(product, {1, 2, 3}, 20));
  EXPECT_TRUE(exact->stats.exact);
  EXPECT_EQ(exact->stats.distances, 9000u);
  const auto with_rules =
      asked_.Ask(product, {.k = 3, .exact = true, .exclude_ids = {"r9", "r10"}},
                 {.matching = {{1, 2, 9, 10, 11, 12, 13, 14}}});
  std::vector<uint32_t> without;
  for (uint32_t row = 0; row < 3000; ++row) {
    if (row < 11 || row > 14) without.push_back(row);
  }
  EXPECT_EQ(IdsOf(with_rules), TrueBest(product, without, 3));
}

TEST_F(CosmulTest, ScoresTheThousandBestOfTheSum) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = TermsOf({{"r1", 1}, {"r2", 1}});
  product.minus = TermsOf({{"r3", 1}});
  const auto answer = asked_.Ask(product, {.k = 10});
  ASSERT_THAT(answer, IsOk());
  EXPECT_FALSE(answer->stats.exact);
  Combination sum = product;
  sum.method = CombinationMethod::kAdd;
  std::vector<uint32_t> without(3000);
  for (uint32_t row = 0; row < 3000; ++row) without[row] = row;
  for (const std::string& id : IdsOf(asked_.Ask(sum, {.k = 1000}))) {
    without[*asked_.table().ids().Find(id)] = 3000;
  }
  EXPECT_EQ(IdsOf(answer), TrueBest(product, without, 10));
}

TEST_F(CosmulTest, KeepsInputsWhenAsked) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = TermsOf({{"r1", 1}, {"r2", 1}});
  product.keep_inputs = true;
  EXPECT_EQ(IdsOf(asked_.Ask(product, {.k = 5, .exact = true})),
            TrueBest(product, {}, 5));
}

TEST_F(CosmulTest, TermsWhoseSumHasNoDirectionStillMultiply) {
  const std::vector<float> vector = {0.6f, 0, 0, -0.8f, 0, 0};
  const std::vector<float> opposite = {-0.6f, 0, 0, 0.8f, 0, 0};
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = {{absl::MakeConstSpan(vector), 1},
                  {absl::MakeConstSpan(opposite), 1}};
  product.minus = {{ItemRef{"", "r1"}, 0}};
  const auto answer = asked_.Ask(product, {.k = 5});
  EXPECT_EQ(IdsOf(answer), TrueBest(product, {1}, 5));
  EXPECT_TRUE(answer->stats.exact);
  product.plus[0].weight = 0;
  product.plus[1].weight = 0;
  EXPECT_THAT(asked_.Ask(product, {.k = 5}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("cancel out")));
}

TEST_F(CosmulTest, OppositesHaveNoSimilarityLeft) {
  const std::vector<float> vector = {1, 0, 0, 0, 0, 0};
  const std::vector<float> opposite = {-1, 0, 0, 0, 0, 0};
  const AskedVersion two(Metric::kCosine, {{"a", vector}, {"b", opposite}});
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = {{absl::MakeConstSpan(vector), 0.3f}};
  const auto answer = two.Ask(product, {.k = 2});
  EXPECT_THAT(IdsOf(answer), ElementsAre("a", "b"));
  EXPECT_NEAR(answer->hits[0].score, 1, 1e-5);
  EXPECT_EQ(answer->hits[1].score, 0);
}

TEST_F(CosmulTest, ScoresOfAnyWeightsAreNumbers) {
  constexpr float kMost = std::numeric_limits<float>::max();
  for (const uint32_t row : {1u, 7u, 50u, 900u}) {
    const std::string id(asked_.table().ids().Id(row));
    const auto stored = asked_.table().SearchVector(row);
    std::vector<float> opposite(stored.begin(), stored.end());
    for (float& value : opposite) value = -value;
    Combination product;
    product.method = CombinationMethod::kMul;
    product.keep_inputs = true;
    product.plus = {{ItemRef{"", id}, kMost},
                    {absl::MakeConstSpan(opposite), kMost}};
    product.minus = {{ItemRef{"", id}, kMost}};
    const auto answer = asked_.Ask(product, {.k = 3000, .exact = true});
    ASSERT_THAT(answer, IsOk());
    for (const Hit& hit : answer->hits) {
      EXPECT_TRUE(std::isfinite(hit.score)) << hit.id;
    }
  }
}

TEST_F(CosmulTest, OnlyCosinesAreMultiplied) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = TermsOf({{"r1", 1}});
  for (const Metric metric : {Metric::kDot, Metric::kL2}) {
    const AskedVersion other(metric, RandomRows(5, 3, 1));
    EXPECT_THAT(other.Ask(product, {.k = 1}),
                IsStatus(StatusCode::kInvalidArgument,
                         HasSubstr("table m/t has the metric ")));
  }
}

TEST_F(CosmulTest, StopsWhenItIsTold) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = std::vector<Term>(200, Term{ItemRef{"", "r1"}, 1});
  const AskedVersion large(Metric::kCosine, RandomRows(20000, 16, 5));
  StopSignal stop;
  stop.Cancel();
  const auto resolved = ResolveQuery(large.version(), large.target(), product);
  ASSERT_THAT(resolved, IsOk());
  const ProductScores scores(large.target(), resolved->product);
  std::vector<Neighbor> best;
  SearchStats stats;
  EXPECT_FALSE(scores.Scan(nullptr, 10, &stop, &best, &stats));
  EXPECT_LT(stats.distances, 20000u * 200);
  std::vector<Neighbor> rows(10000, Neighbor{1, 0});
  EXPECT_FALSE(scores.Rescore(&stop, &rows, &stats));
  EXPECT_THAT(large.Ask(product, {.k = 1, .exact = true}, {}, &stop),
              IsStatus(StatusCode::kCancelled));
}

}  // namespace
}  // namespace akin
