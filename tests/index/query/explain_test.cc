#include "index/query/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/index/query/asked_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Finds all but one row.
class Forgetful : public Searcher {
 public:
  Forgetful(const Searcher* exact, uint32_t row) : exact_(*exact), row_(row) {}
  IndexKind kind() const override { return IndexKind::kGraph; }
  void Search(SearchTask* task) const override {
    task->hidden_row = row_;
    exact_.Search(task);
  }
  size_t memory_bytes() const override { return 0; }

 private:
  const Searcher& exact_;
  const uint32_t row_;
};

class ExplainTest : public testing::Test {
 protected:
  absl::StatusOr<Explanation> Run(const Query& query, const std::string& id,
                                  const SearchOptions& options,
                                  const HandMadeRules& by_hand = {}) const {
    const RowRules rules = words_.Rules(options, by_hand);
    return ExplainQuery(
        {words_.version(), words_.target(), options, rules, nullptr}, query,
        ItemRef{"", id});
  }

  const AskedVersion words_{Metric::kCosine, RoyalRows()};
  const ItemRef king_{"", "king"};
};

TEST_F(ExplainTest, AHit) {
  const auto man = Run(king_, "man", {.k = 3});
  ASSERT_THAT(man, IsOk());
  EXPECT_NEAR(man->score, std::sqrt(0.5), 1e-6);
  EXPECT_EQ(man->rank, 1u);
  EXPECT_TRUE(man->found);
  EXPECT_THAT(man->obstacles, IsEmpty());
  EXPECT_FALSE(man->filter_matches.has_value());
  EXPECT_EQ(man->stats.distances, 7u);
  EXPECT_THAT(man->detail, HasSubstr("\"man\" scores 0.707"));
  EXPECT_THAT(man->detail, HasSubstr("is number 1 of 6 ids; it is in the"));
}

TEST_F(ExplainTest, EveryObstacle) {
  SearchOptions options;
  options.k = 2;
  options.min_score = 0.1f;
  options.exclude_ids = {"woman"};
  HandMadeRules rules;
  rules.matching = {{0, 1, 2, 4, 5, 6}};
  const auto woman = Run(king_, "woman", options, rules);
  EXPECT_FALSE(woman->found);
  EXPECT_THAT(woman->obstacles,
              ElementsAre(Obstacle::kRank, Obstacle::kExcluded,
                          Obstacle::kFilter, Obstacle::kMinScore));
  EXPECT_EQ(woman->rank, 6u);
  EXPECT_EQ(woman->filter_matches, 6u);
  EXPECT_THAT(woman->detail,
              HasSubstr("it is not in the answer: k better ones may be in the "
                        "answer, and it is excluded, and the filter does not "
                        "hold for it, and it scores below min_score"));
  const auto self = Run(king_, "king", options, rules);
  EXPECT_THAT(self->obstacles, ElementsAre(Obstacle::kInput));
  EXPECT_EQ(self->rank, 1u);
  EXPECT_THAT(self->detail, HasSubstr("the query names it"));
}

TEST_F(ExplainTest, BetterOnesThatAreLeftOutDoNotStandInTheWay) {
  // man, crown, boy, ...
  SearchOptions options;
  options.k = 1;
  options.exclude_ids = {"man", "crown"};
  const auto boy = Run(king_, "boy", options);
  EXPECT_TRUE(boy->found);
  EXPECT_EQ(boy->rank, 3u);
}

TEST_F(ExplainTest, WhatTheIndexMisses) {
  auto indexed = std::make_unique<IndexedTable>(
      MakeTable("t", Metric::kCosine, RoyalRows()));
  indexed->SetIndex(std::make_unique<Forgetful>(&indexed->exact(), 2));
  const AskedVersion asked(std::move(indexed));
  const auto run = [&](bool exact, const std::string& id) {
    SearchOptions options;
    options.k = 2;
    options.exact = exact;
    return Explain(asked.version(), "t", king_, options, ItemRef{"", id});
  };
  const auto man = run(false, "man");
  ASSERT_THAT(man, IsOk());
  EXPECT_FALSE(man->found);
  EXPECT_THAT(man->obstacles, ElementsAre(Obstacle::kIndex));
  EXPECT_EQ(man->rank, 1u);
  EXPECT_TRUE(run(true, "man")->found);
  EXPECT_TRUE(run(false, "boy")->found);
  EXPECT_THAT(run(true, "boy")->obstacles, ElementsAre(Obstacle::kRank));
}

TEST_F(ExplainTest, DiversityAndFullGroups) {
  SearchOptions options;
  options.k = 2;
  options.group_by = Grouping{"colour", 1};
  HandMadeRules rules;
  rules.group = [](uint32_t row) { return row == 2 || row == 6 ? 1 : row; };
  const auto crown = Run(king_, "crown", options, rules);
  EXPECT_FALSE(crown->found);
  EXPECT_THAT(crown->obstacles, ElementsAre(Obstacle::kDiversity));
  options.group_by.reset();
  // Of man, crown and boy the last is nearly the first.
  options.k = 3;
  options.diversity = Diversity{.lambda = 0.5f};
  EXPECT_TRUE(Run(king_, "crown", options)->found);
  const auto boy = Run(king_, "boy", options);
  EXPECT_FALSE(boy->found);
  EXPECT_EQ(boy->rank, 3u);
  EXPECT_THAT(boy->obstacles, ElementsAre(Obstacle::kDiversity));
}

TEST_F(ExplainTest, RanksOfAllKindsAreThoseOfTheExactAnswer) {
  const AskedVersion asked(Metric::kCosine, RandomRows(90, 5, 4));
  Combination product;
  product.method = CombinationMethod::kMul;
  product.plus = {{ItemRef{"", "r1"}}, {ItemRef{"", "r2"}}};
  product.minus = {{ItemRef{"", "r3"}}};
  const Fusion fusion{.parts = {{ItemRef{"", "r4"}}, {product, 0.5f}}};
  Combination sum = product;
  sum.method = CombinationMethod::kMean;
  for (const Query& query :
       {Query(product), Query(fusion), Query(sum), Query(ItemRef{"", "r9"}),
        Query(FirstOf{.queries = {{ItemRef{"", "no"}}, {product}}})}) {
    const auto all = asked.Ask(query, {.k = 90});
    ASSERT_THAT(all, IsOk());
    for (size_t i = 0; i < all->hits.size(); ++i) {
      const auto explained = Explain(asked.version(), "t", query, {.k = 5},
                                     ItemRef{"", all->hits[i].id});
      ASSERT_THAT(explained, IsOk());
      EXPECT_EQ(explained->rank, i + 1);
      EXPECT_EQ(explained->score, all->hits[i].score);
      EXPECT_EQ(explained->found, i < 5);
      if (i >= 5) {
        EXPECT_THAT(explained->obstacles, ElementsAre(Obstacle::kRank));
      }
    }
  }
}

TEST_F(ExplainTest, NoCandidateOfAFusion) {
  Fusion fusion{.parts = {{king_}}};
  fusion.depth = 2;  // man, crown
  const auto boy = Run(fusion, "boy", {.k = 5});
  ASSERT_THAT(boy, IsOk());
  EXPECT_EQ(boy->score, 0);
  EXPECT_FALSE(boy->found);
  EXPECT_THAT(boy->obstacles, ElementsAre(Obstacle::kRank));
}

TEST_F(ExplainTest, RefusesWhatIsNotThere) {
  const auto run = [&](const Query& query, const std::string& table,
                       const std::string& id, uint32_t k = 2) {
    return Explain(words_.version(), table, query, {.k = k}, ItemRef{"", id})
        .status();
  };
  EXPECT_THAT(run(king_, "t", "nobody"),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"nobody\"")));
  EXPECT_THAT(run(king_, "t", ""), IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(run(king_, "u", "king"), IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(run(Query(), "t", "king"),
              IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(run(king_, "t", "king", 0),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("k is 0")));
  const FirstOf ladder{.queries = {{ItemRef{"", "no"}}},
                       .fallback_ids = {"man"}};
  EXPECT_THAT(run(ladder, "t", "man"),
              IsStatus(StatusCode::kNotFound, HasSubstr("fallback ids have")));
}

TEST_F(ExplainTest, StopsWhenItIsTold) {
  const AskedVersion large(Metric::kDot, RandomRows(20'000, 32, 1));
  StopSignal stop;
  stop.Cancel();
  EXPECT_THAT(Explain(large.version(), "t", ItemRef{"", "r1"}, {.k = 1},
                      ItemRef{"", "r2"}, &stop),
              IsStatus(StatusCode::kCancelled));
}

}  // namespace
}  // namespace akin
