#include "index/query/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "index/query/run_query.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

class ScoreTest : public testing::TestWithParam<Metric> {
 protected:
  const std::shared_ptr<const Version> version_ = RoyalVersion(1, GetParam());
};

TEST_P(ScoreTest, IdsScoreWhatTheirHitsDo) {
  Combination analogy;
  analogy.plus = {{ItemRef{"", "king"}}, {ItemRef{"people", "elizabeth"}}};
  analogy.minus = {{ItemRef{"", "man"}, 0.5f}};
  analogy.keep_inputs = true;
  const auto hits = RunQuery(*version_, "words", analogy, {.k = 7});
  ASSERT_THAT(hits, IsOk());
  ASSERT_EQ(hits->hits.size(), 7u);
  std::vector<absl::string_view> ids;
  for (const Hit& hit : hits->hits) ids.push_back(hit.id);
  const auto scores = ScoreIds(*version_, "words", analogy, ids);
  ASSERT_THAT(scores, IsOk());
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(scores->scores[i], hits->hits[i].score) << ids[i];
  }
}

TEST_P(ScoreTest, QueriesScoreLikeTheRowsTheyName) {
  const ItemRef king{"", "king"};
  const std::vector<Query> queries = {ItemRef{"", "queen"}, king,
                                      ItemRef{"words", "girl"}};
  const auto pairs = ScoreQueries(*version_, "words", king, queries);
  const auto ids =
      ScoreIds(*version_, "words", king, {"queen", "king", "girl"});
  ASSERT_THAT(pairs, IsOk());
  ASSERT_THAT(ids, IsOk());
  EXPECT_EQ(*pairs, ids->scores);
}

INSTANTIATE_TEST_SUITE_P(Metrics, ScoreTest,
                         testing::Values(Metric::kCosine, Metric::kDot,
                                         Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param));
                         });

class CosineScoreTest : public testing::Test {
 protected:
  const std::shared_ptr<const Version> version_ = RoyalVersion();
  const ItemRef king_{"", "king"};
};

TEST_F(CosineScoreTest, UnknownIdsScoreNothing) {
  const auto scores = ScoreIds(*version_, "words", king_,
                               {"crown", "nobody", "", "king", "no"});
  ASSERT_THAT(scores, IsOk());
  EXPECT_THAT(scores->unknown_ids, ElementsAre("nobody", "", "no"));
  EXPECT_FLOAT_EQ(scores->scores[0], static_cast<float>(std::sqrt(0.5)));
  EXPECT_TRUE(std::isnan(scores->scores[1]));
  EXPECT_TRUE(std::isnan(scores->scores[2]));
  EXPECT_FLOAT_EQ(scores->scores[3], 1.0f);
  EXPECT_LE(scores->scores[3], 1.0f);
}

TEST_F(CosineScoreTest, TwoSets) {
  Combination royals;
  royals.plus = {{ItemRef{"", "crown"}}, {ItemRef{"", "man"}}};
  const auto scores = ScoreQueries(*version_, "words", king_, {{royals}});
  EXPECT_THAT(*scores, ElementsAre(FloatEq(1.0f)));
}

TEST_F(CosineScoreTest, RefusesWhatHasNoVector) {
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = {{king_}};
  const Fusion fusion{.parts = {{king_}}};
  const FirstOf ladder{.queries = {{king_}}};
  for (const Query& bad :
       {Query(product), Query(fusion), Query(ladder), Query()}) {
    EXPECT_THAT(ScoreIds(*version_, "words", bad, {"king"}),
                IsStatus(StatusCode::kInvalidArgument));
    EXPECT_THAT(
        ScoreQueries(*version_, "words", king_, {king_, bad}),
        IsStatus(StatusCode::kInvalidArgument, HasSubstr("query 2 to score")));
  }
}

TEST_F(CosineScoreTest, RefusesUnknownNamesAndCounts) {
  EXPECT_THAT(ScoreIds(*version_, "nowhere", king_, {"king"}),
              IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(ScoreIds(*version_, "words", ItemRef{"", "no"}, {"king"}),
              IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(ScoreQueries(*version_, "words", king_, {ItemRef{"", "no"}}),
              IsStatus(StatusCode::kNotFound, HasSubstr("query 1")));
  EXPECT_THAT(ScoreIds(*version_, "words", king_, {}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("ids is 0")));
  EXPECT_THAT(ScoreQueries(*version_, "words", king_, {}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("is 0")));
  const std::vector<absl::string_view> many(10'001, "king");
  EXPECT_THAT(ScoreIds(*version_, "words", king_, many),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("10001")));
}

TEST_F(CosineScoreTest, StopsWhenItIsTold) {
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  tables.push_back(
      Indexed(MakeTable("t", Metric::kDot, RandomRows(2, 4000, 1))));
  const Version version("m", 1, std::move(tables));
  StopSignal stop;
  stop.Cancel();
  const std::vector<absl::string_view> many(10'000, "r1");
  EXPECT_THAT(ScoreIds(version, "t", ItemRef{"", "r0"}, many, &stop),
              IsStatus(StatusCode::kCancelled));
  EXPECT_THAT(
      ScoreQueries(version, "t", ItemRef{"", "r0"}, {ItemRef{"", "r1"}}, &stop),
      IsStatus(StatusCode::kCancelled));
}

}  // namespace
}  // namespace akin
