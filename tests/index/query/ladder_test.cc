#include "index/query/ladder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/base/error_facts.h"
#include "index/query/run_query.h"
#include "tests/index/query/asked_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ItemRef kUnknown{"", "nobody"};

class LadderTest : public testing::Test {
 protected:
  absl::StatusOr<Answer> Ask(const FirstOf& ladder,
                             const SearchOptions& options,
                             const HandMadeRules& rules = {}) const {
    return words_.Ask(ladder, options, rules);
  }

  const AskedVersion words_{Metric::kCosine, RoyalRows()};
};

TEST_F(LadderTest, TheFirstThatCanAnswersLikeAlone) {
  const ItemRef king{"", "king"};
  const auto alone = words_.Ask(king, {.k = 3});
  const auto first = Ask({.queries = {{king}, {ItemRef{"", "man"}}}}, {.k = 3});
  EXPECT_EQ(IdsOf(first), IdsOf(alone));
  EXPECT_EQ(first->rung, 1u);
  EXPECT_EQ(alone->rung, 0u);

  Combination history;
  history.plus = {{kUnknown}, {king}};
  const auto second =
      Ask({.queries = {{kUnknown}, {history}, {king}}}, {.k = 3});
  EXPECT_EQ(second->rung, 3u);
  history.skip_unknown = true;
  const auto third =
      Ask({.queries = {{kUnknown}, {history}, {ItemRef{"", "man"}}}}, {.k = 3});
  EXPECT_EQ(third->rung, 2u);
  EXPECT_EQ(IdsOf(third), IdsOf(alone));
}

TEST_F(LadderTest, AFusionFallsWithAnIdOfOnePart) {
  const Fusion known{.parts = {{ItemRef{"", "king"}}, {ItemRef{"", "man"}}}};
  const Fusion half{.parts = {{ItemRef{"", "king"}}, {kUnknown}}};
  const auto answer = Ask({.queries = {{half}, {known}}}, {.k = 2});
  EXPECT_EQ(answer->rung, 2u);
  EXPECT_EQ(IdsOf(answer), IdsOf(words_.Ask(known, {.k = 2})));
}

TEST_F(LadderTest, FallbackIdsInTheirOrder) {
  const FirstOf ladder{.queries = {{kUnknown}},
                       .fallback_ids = {"man", "gone", "king", "man", "boy"}};
  const auto answer = Ask(ladder, {.k = 2});
  EXPECT_THAT(IdsOf(answer), ElementsAre("man", "king"));
  EXPECT_THAT(ScoresOf(answer), Each(0.0f));
  EXPECT_EQ(answer->rung, 2u);
  EXPECT_FALSE(answer->shortfall.has_value());
  const auto all = Ask(ladder, {.k = 5, .min_score = 0.9f});
  EXPECT_THAT(IdsOf(all), ElementsAre("man", "king", "boy"));
  ASSERT_TRUE(all->shortfall.has_value());
  EXPECT_EQ(all->shortfall->reason, Shortfall::Reason::kCandidates);
  EXPECT_EQ(all->shortfall->missing, 2u);
}

TEST_F(LadderTest, FallbackIdsAreFilteredLikeHits) {
  const FirstOf ladder{.queries = {{kUnknown}},
                       .fallback_ids = {"man", "king", "boy", "girl"}};
  EXPECT_THAT(IdsOf(Ask(ladder, {.k = 3, .exclude_ids = {"man"}})),
              ElementsAre("king", "boy", "girl"));
  EXPECT_THAT(IdsOf(Ask(ladder, {.k = 3}, {.matching = {{2, 5}}})),
              ElementsAre("man", "girl"));
  SearchOptions grouped;
  grouped.k = 3;
  grouped.group_by = Grouping{"colour", 1};
  HandMadeRules rules;
  rules.group = [](uint32_t row) { return row == 5 ? kNoGroup : row % 2; };
  // Rows 2, 0, 4 are of one group.
  EXPECT_THAT(IdsOf(Ask(ladder, grouped, rules)), ElementsAre("man", "girl"));
}

TEST_F(LadderTest, WithoutFallbackTheLastIdIsNotFound) {
  const auto answer =
      Ask({.queries = {{kUnknown}, {ItemRef{"", "King"}}}}, {.k = 2});
  EXPECT_THAT(answer, IsStatus(StatusCode::kNotFound,
                               AllOf(HasSubstr("none of the 2 queries"),
                                     HasSubstr("\"King\" does not exist"))));
  EXPECT_TRUE(FactsOf(answer.status()).has_value());
  // Fallback ids were given, none may be a hit.
  const auto none =
      Ask({.queries = {{kUnknown}}, .fallback_ids = {"gone"}}, {.k = 2});
  ASSERT_THAT(none, IsOk());
  EXPECT_THAT(none->hits, IsEmpty());
}

TEST_F(LadderTest, ATableThatIsNotThereIsAMistake) {
  const ItemRef king{"", "king"};
  const ItemRef nowhere{"nowhere", "king"};
  Combination sum;
  sum.minus = {{nowhere}};
  for (const Query& bad :
       {Query(nowhere), Query(sum), Query(Fusion{.parts = {{nowhere}}})}) {
    EXPECT_THAT(Ask({.queries = {{bad}, {king}}}, {.k = 2}),
                IsStatus(StatusCode::kNotFound, HasSubstr("nowhere")));
    EXPECT_THAT(Ask({.queries = {{king}, {bad}}}, {.k = 2}),
                IsStatus(StatusCode::kNotFound, HasSubstr("nowhere")));
  }
}

TEST_F(LadderTest, OtherErrorsEndIt) {
  const std::vector<float> wrong = {1};
  EXPECT_THAT(
      Ask({.queries = {{absl::MakeConstSpan(wrong)}, {ItemRef{"", "king"}}}},
          {.k = 2}),
      IsStatus(StatusCode::kInvalidArgument,
               HasSubstr("query 1 of the ladder: ")));
  EXPECT_THAT(Ask({.queries = {{Query()}}}, {.k = 2}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("empty")));
  EXPECT_THAT(Ask({}, {.k = 2}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("is 0")));
  EXPECT_THAT(Ask({.queries = std::vector<QueryCase>(17)}, {.k = 2}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("is 17")));
  EXPECT_THAT(Ask({.queries = {{FirstOf{}}}}, {.k = 2}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("itself")));
  FirstOf many{.queries = {{kUnknown}}};
  many.fallback_ids.resize(10'001, "king");
  EXPECT_THAT(Ask(many, {.k = 2}), IsStatus(StatusCode::kInvalidArgument,
                                            HasSubstr("fallback_ids")));
}

TEST_F(LadderTest, InABatchLikeAlone) {
  const auto version = RoyalVersion();
  WorkerPool pool(2);
  const ItemRef king{"", "king"};
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = {{king}, {ItemRef{"", "woman"}}};
  product.minus = {{ItemRef{"", "man"}}};
  const std::vector<Query> queries = {
      FirstOf{.queries = {{kUnknown}, {king}}},
      king,
      Fusion{.parts = {{king}, {ItemRef{"", "girl"}}}},
      kUnknown,
      product,
      FirstOf{.queries = {{kUnknown}}},
      ItemRef{"", "crown"}};
  for (const bool diverse : {false, true}) {
    SearchOptions options;
    options.k = 3;
    if (diverse) options.diversity = Diversity{};
    const auto batch = RunBatch(*version, "words", queries, options, &pool);
    ASSERT_THAT(batch, IsOk());
    ASSERT_EQ(batch->size(), queries.size());
    for (size_t i = 0; i < queries.size(); ++i) {
      const auto single = RunQuery(*version, "words", queries[i], options);
      EXPECT_EQ(IdsOf((*batch)[i]), IdsOf(single)) << i;
      EXPECT_EQ((*batch)[i].status(), single.status());
    }
    EXPECT_EQ((*batch)[0]->rung, 2u);
  }
}

}  // namespace
}  // namespace akin
