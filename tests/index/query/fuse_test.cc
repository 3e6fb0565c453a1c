#include "index/query/fuse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "index/query/pool_size.h"
#include "tests/index/query/asked_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<Neighbor> kFirst = {{7, 0.9f}, {3, 0.5f}, {5, 0.1f}};
const std::vector<Neighbor> kSecond = {{5, 40}, {9, 30}};

TEST(RankFusion, ReciprocalRanks) {
  RankFusion fusion(FusionMethod::kReciprocalRank, 60);
  fusion.Add(kFirst, 1);
  fusion.Add(kSecond, 2);
  EXPECT_EQ(fusion.candidates(), 4u);
  EXPECT_THAT(fusion.Take(10),
              ElementsAre(Neighbor{5, static_cast<float>(1 / 63.0 + 2 / 61.0)},
                          Neighbor{9, static_cast<float>(2 / 62.0)},
                          Neighbor{7, static_cast<float>(1 / 61.0)},
                          Neighbor{3, static_cast<float>(1 / 62.0)}));
}

TEST(RankFusion, WeightedScores) {
  RankFusion fusion(FusionMethod::kWeightedScore, 60);
  fusion.Add(kFirst, 1);
  fusion.Add(kSecond, 0.25f);
  const std::vector<Neighbor> best = fusion.Take(4);
  // 7: 1; 3: half way; 5: lowest of one, highest of the other; 9: lowest.
  ASSERT_EQ(best.size(), 4u);
  EXPECT_EQ(best[0], (Neighbor{7, 1}));
  EXPECT_EQ(best[1].row, 3u);
  EXPECT_NEAR(best[1].score, 0.5, 1e-6);
  EXPECT_EQ(best[2], (Neighbor{5, 0.25f}));
  EXPECT_EQ(best[3], (Neighbor{9, 0}));
}

TEST(RankFusion, EqualScoresCountOne) {
  RankFusion fusion(FusionMethod::kWeightedScore, 60);
  fusion.Add({{4, 0.3f}, {8, 0.3f}}, 0.5f);
  fusion.Add({{8, -7}}, 1);
  fusion.Add({}, 1);
  EXPECT_THAT(fusion.Take(5),
              ElementsAre(Neighbor{8, 1.5f}, Neighbor{4, 0.5f}));
}

TEST(RankFusion, ScoresAreFinite) {
  constexpr float kMost = std::numeric_limits<float>::max();
  RankFusion fusion(FusionMethod::kWeightedScore, 60);
  fusion.Add({{4, 1}, {8, 0}}, kMost);
  fusion.Add({{4, 1}, {8, 0}}, kMost);
  EXPECT_THAT(fusion.Take(2), ElementsAre(Neighbor{4, kMost}, Neighbor{8, 0}));
}

TEST(RankFusion, TiesGoToTheLowerRow) {
  RankFusion fusion(FusionMethod::kReciprocalRank, 1);
  fusion.Add({{9, 3}, {2, 1}}, 1);
  fusion.Add({{2, 3}, {9, 1}}, 1);
  fusion.Add({{1, 5}}, 0);
  EXPECT_THAT(fusion.Take(1),
              ElementsAre(Neighbor{2, static_cast<float>(1 / 2.0 + 1 / 3.0)}));
  EXPECT_THAT(fusion.Take(1), IsEmpty());
}

TEST(RankFusion, DepthsHaveTheirDefaults) {
  Fusion shallow;
  shallow.depth = 7;
  EXPECT_EQ(FusionDepth(shallow, 50), 7u);
  EXPECT_EQ(FusionDepth({}, 50), 100u);
  EXPECT_EQ(FusionDepth({}, 500), 500u);
  EXPECT_EQ(FusionDepth({}, 40'000), 10'000u);
}

class FusedQueryTest : public testing::Test {
 protected:
  const AskedVersion asked_{Metric::kDot, RandomRows(400, 5, 2)};
};

// Fusing what the parts answer by themselves is the same.
TEST_F(FusedQueryTest, IsTheFusionOfItsPartsAnswers) {
  const std::vector<float> vector = {1, 2, -1, 0, 3};
  Combination sum;
  sum.plus = {{ItemRef{"", "r8"}}, {ItemRef{"", "r9"}, 0.5f}};
  for (const FusionMethod method :
       {FusionMethod::kReciprocalRank, FusionMethod::kWeightedScore}) {
    Fusion fusion;
    fusion.method = method;
    fusion.rank_constant = 10;
    fusion.depth = 25;
    fusion.parts = {
        {absl::MakeConstSpan(vector), 1}, {ItemRef{"", "r7"}, 0.5f}, {sum, 2}};
    RankFusion by_hand(method, 10);
    for (const FusionPart& part : fusion.parts) {
      // What one part names is left out of the others too.
      SearchOptions options{.k = 25, .exclude_ids = {"r7", "r8", "r9", "r3"}};
      std::vector<Neighbor> rows;
      const auto answer = asked_.Ask(part.query, options);
      ASSERT_THAT(answer, IsOk());
      for (const Hit& hit : answer->hits) {
        rows.push_back({*asked_.table().ids().Find(hit.id), hit.score});
      }
      by_hand.Add(rows, part.weight);
    }
    const auto answer = asked_.Ask(fusion, {.k = 30, .exclude_ids = {"r3"}});
    const std::vector<Neighbor> expected = by_hand.Take(30);
    ASSERT_THAT(answer, IsOk());
    ASSERT_EQ(answer->hits.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(answer->hits[i].id, asked_.table().ids().Id(expected[i].row));
      EXPECT_EQ(answer->hits[i].score, expected[i].score);
    }
    EXPECT_TRUE(answer->stats.exact);
    EXPECT_GE(answer->stats.distances, 3u * 400);
  }
}

TEST_F(FusedQueryTest, MinScoreIsOfTheFusedScore) {
  const Fusion fusion{.parts = {{ItemRef{"", "r1"}}, {ItemRef{"", "r2"}}}};
  const auto all = asked_.Ask(fusion, {.k = 20});
  ASSERT_THAT(all, IsOk());
  const float third = all->hits[2].score;
  const auto best = asked_.Ask(fusion, {.k = 20, .min_score = third});
  EXPECT_EQ(ScoresOf(best).back(), third);
  EXPECT_EQ(best->shortfall->reason, Shortfall::Reason::kMinScore);
}

TEST_F(FusedQueryTest, ScoresAreNotHeldToBeCosines) {
  const AskedVersion words(Metric::kCosine, RoyalRows());
  Fusion fusion{.parts = {{ItemRef{"", "king"}, 5}, {ItemRef{"", "king"}, 5}},
                .method = FusionMethod::kWeightedScore};
  const auto answer = words.Ask(fusion, {.k = 1});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->hits[0].score, 10);
}

TEST_F(FusedQueryTest, AProductMayBeAPart) {
  const AskedVersion words(Metric::kCosine, RoyalRows());
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = {{ItemRef{"", "king"}}, {ItemRef{"", "woman"}}};
  product.minus = {{ItemRef{"", "man"}}};
  const auto fused = words.Ask(Fusion{.parts = {{product}}}, {.k = 4});
  EXPECT_EQ(IdsOf(fused), IdsOf(words.Ask(product, {.k = 4})));
}

TEST_F(FusedQueryTest, StopsBetweenItsParts) {
  StopSignal stop;
  stop.Cancel();
  EXPECT_THAT(
      asked_.Ask(Fusion{.parts = {{ItemRef{"", "r1"}}}}, {.k = 2}, {}, &stop),
      IsStatus(absl::StatusCode::kCancelled, HasSubstr("table t")));
}

}  // namespace
}  // namespace akin
