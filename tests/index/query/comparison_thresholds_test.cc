#include "index/query/comparison_thresholds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Threshold = std::optional<double> ComparisonThresholds::*;

constexpr Threshold kAll[] = {&ComparisonThresholds::min_overlap,
                              &ComparisonThresholds::min_rank_biased_overlap,
                              &ComparisonThresholds::min_recall,
                              &ComparisonThresholds::max_lost_share,
                              &ComparisonThresholds::max_score_drift,
                              &ComparisonThresholds::max_norm_ratio,
                              &ComparisonThresholds::max_p99_ratio,
                              &ComparisonThresholds::max_memory_ratio};

ComparisonThresholds Only(Threshold threshold, double value) {
  ComparisonThresholds thresholds;
  thresholds.*threshold = value;
  return thresholds;
}

TableComparison UsersToItems() {
  TableComparison pair;
  pair.query_table = "users";
  pair.table = "items";
  pair.k = 10;
  pair.queries = 500;
  pair.overlap = 0.412;
  pair.rank_biased_overlap = 0.35;
  pair.ids_lost = 12;
  pair.score_change = -0.1;
  pair.score_drift = 0.25;
  pair.norm_ratio = 1.5;
  pair.before = {100, 1000, 0.99, 50, 100};
  pair.after = {120, 1800, 0.93, 60, 230};
  return pair;
}

Comparison Of(std::vector<TableComparison> pairs) {
  Comparison comparison;
  comparison.model = "movies";
  comparison.before = 3;
  comparison.after = 4;
  comparison.tables = std::move(pairs);
  return comparison;
}

std::vector<std::string> Broken(Threshold threshold, double value) {
  return BrokenThresholds(Of({UsersToItems()}), Only(threshold, value));
}

TEST(BrokenThresholdsTest, EachHoldsUpToItsLimit) {
  EXPECT_THAT(Broken(&ComparisonThresholds::min_overlap, 0.412), IsEmpty());
  EXPECT_THAT(Broken(&ComparisonThresholds::min_rank_biased_overlap, 0.35),
              IsEmpty());
  EXPECT_THAT(Broken(&ComparisonThresholds::min_recall, 0.93), IsEmpty());
  EXPECT_THAT(Broken(&ComparisonThresholds::max_lost_share, 0.12), IsEmpty());
  EXPECT_THAT(Broken(&ComparisonThresholds::max_score_drift, 0.25), IsEmpty());
  EXPECT_THAT(Broken(&ComparisonThresholds::max_norm_ratio, 1.5), IsEmpty());
  EXPECT_THAT(Broken(&ComparisonThresholds::max_p99_ratio, 2.3), IsEmpty());
  EXPECT_THAT(Broken(&ComparisonThresholds::max_memory_ratio, 1.8), IsEmpty());
}

TEST(BrokenThresholdsTest, EachBrokenOneIsASentence) {
  EXPECT_THAT(
      Broken(&ComparisonThresholds::min_overlap, 0.6),
      ElementsAre(
          "users -> items: overlap@10 is 0.412, expected at least 0.600"));
  EXPECT_THAT(Broken(&ComparisonThresholds::min_rank_biased_overlap, 0.4),
              ElementsAre("users -> items: rank-biased overlap@10 is 0.350, "
                          "expected at least 0.400"));
  EXPECT_THAT(
      Broken(&ComparisonThresholds::min_recall, 0.95),
      ElementsAre(
          "users -> items: recall@10 is 0.930, expected at least 0.950"));
  EXPECT_THAT(
      Broken(&ComparisonThresholds::max_lost_share, 0.1),
      ElementsAre(
          "items: the share of lost ids is 0.120, expected at most 0.100"));
  EXPECT_THAT(
      Broken(&ComparisonThresholds::max_score_drift, 0.2),
      ElementsAre(
          "users -> items: score drift is 0.250, expected at most 0.200"));
  EXPECT_THAT(
      Broken(&ComparisonThresholds::max_norm_ratio, 1.2),
      ElementsAre("items: norm ratio is 1.500, expected at most 1.200"));
  EXPECT_THAT(Broken(&ComparisonThresholds::max_p99_ratio, 2),
              ElementsAre("users -> items: p99 after over before is 2.300, "
                          "expected at most 2.000"));
  EXPECT_THAT(Broken(&ComparisonThresholds::max_memory_ratio, 1.5),
              ElementsAre("items: memory after over before is 1.800, expected "
                          "at most 1.500"));
}

TEST(BrokenThresholdsTest, LengthsMayNotShrinkEither) {
  TableComparison pair = UsersToItems();
  pair.norm_ratio = 0.5;
  const auto thresholds = Only(&ComparisonThresholds::max_norm_ratio, 1.25);
  EXPECT_THAT(
      BrokenThresholds(Of({pair}), thresholds),
      ElementsAre("items: norm ratio is 0.500, expected at least 0.800"));
  pair.norm_ratio = 0.8;
  EXPECT_THAT(BrokenThresholds(Of({pair}), thresholds), IsEmpty());
}

TEST(BrokenThresholdsTest, RoundingOfAMeanIsNotBroken) {
  TableComparison pair = UsersToItems();
  pair.overlap = 0.9 - 1e-12;
  EXPECT_THAT(BrokenThresholds(Of({pair}),
                               Only(&ComparisonThresholds::min_overlap, 0.9)),
              IsEmpty());
}

TEST(BrokenThresholdsTest, NumbersThatLookAlikeHaveMoreDigits) {
  EXPECT_THAT(Broken(&ComparisonThresholds::min_overlap, 0.41201),
              ElementsAre("users -> items: overlap@10 is 0.412, expected at "
                          "least 0.41201"));
}

TEST(BrokenThresholdsTest, NothingAskedNothingBroken) {
  Comparison comparison = Of({});
  comparison.tables_lost = {"users"};
  EXPECT_THAT(BrokenThresholds(comparison, {}), IsEmpty());
  EXPECT_THAT(BrokenThresholds(Of({TableComparison()}), {}), IsEmpty());
}

TEST(BrokenThresholdsTest, WithoutQueriesNothingIsKnownOfAnswers) {
  TableComparison pair;
  pair.query_table = "users";
  pair.table = "items";
  pair.k = 10;
  pair.norm_ratio = 1;
  pair.before = {100, 1000, 0, 0, 0};
  pair.after = pair.before;
  for (const Threshold answers :
       {&ComparisonThresholds::min_overlap,
        &ComparisonThresholds::min_rank_biased_overlap,
        &ComparisonThresholds::min_recall}) {
    EXPECT_THAT(BrokenThresholds(Of({pair}), Only(answers, 0)),
                ElementsAre(AllOf(HasSubstr("users -> items: "),
                                  HasSubstr("is not known, expected"))));
  }
  for (const Threshold answers : {&ComparisonThresholds::max_score_drift,
                                  &ComparisonThresholds::max_p99_ratio}) {
    EXPECT_THAT(BrokenThresholds(Of({pair}), Only(answers, 1e9)), SizeIs(1));
  }
  for (const Threshold others : {&ComparisonThresholds::max_lost_share,
                                 &ComparisonThresholds::max_norm_ratio,
                                 &ComparisonThresholds::max_memory_ratio}) {
    EXPECT_THAT(BrokenThresholds(Of({pair}), Only(others, 1)), IsEmpty());
  }
}

TEST(BrokenThresholdsTest, WhereOneVersionCouldNotBeAsked) {
  TableComparison pair = UsersToItems();
  pair.score_drift = 0;
  pair.after.p99_microseconds = 0;
  for (const Threshold answers : {&ComparisonThresholds::max_score_drift,
                                  &ComparisonThresholds::max_p99_ratio}) {
    EXPECT_THAT(BrokenThresholds(Of({pair}), Only(answers, 10)),
                ElementsAre(HasSubstr("is not known")));
  }
}

TEST(BrokenThresholdsTest, LengthsThatAreNotKnown) {
  TableComparison pair = UsersToItems();
  pair.norm_ratio = 0;
  EXPECT_THAT(BrokenThresholds(Of({pair}),
                               Only(&ComparisonThresholds::max_norm_ratio, 9)),
              ElementsAre("items: norm ratio is not known, expected at most "
                          "9.000"));
}

TEST(BrokenThresholdsTest, EveryPairCountsAndEveryTableOnce) {
  TableComparison own = UsersToItems();
  own.query_table = "items";
  ComparisonThresholds thresholds;
  thresholds.min_overlap = 0.9;
  thresholds.max_memory_ratio = 1;
  EXPECT_THAT(BrokenThresholds(Of({UsersToItems(), own}), thresholds),
              ElementsAre(HasSubstr("users -> items: overlap"),
                          HasSubstr("items: memory"),
                          HasSubstr("items -> items: overlap")));
}

TEST(BrokenThresholdsTest, LostTablesAreBroken) {
  Comparison comparison = Of({UsersToItems()});
  comparison.tables_lost = {"genres"};
  comparison.tables_added = {"actors"};
  for (const Threshold threshold : kAll) {
    const double held =
        threshold == &ComparisonThresholds::min_overlap ||
                threshold == &ComparisonThresholds::min_rank_biased_overlap ||
                threshold == &ComparisonThresholds::min_recall
            ? 0
            : 1000;
    EXPECT_THAT(BrokenThresholds(comparison, Only(threshold, held)),
                ElementsAre("genres: version 4 has no such table, expected "
                            "that of version 3"));
  }
}

TEST(BrokenThresholdsTest, NoTableInCommonIsBroken) {
  EXPECT_THAT(
      BrokenThresholds(Of({}), Only(&ComparisonThresholds::min_overlap, 0)),
      ElementsAre(HasSubstr("versions 3 and 4 have no table in common")));
}

TEST(CheckThresholdsTest, TakesWhatIsInRange) {
  EXPECT_THAT(CheckThresholds({}), IsOk());
  for (const Threshold threshold : kAll) {
    EXPECT_THAT(CheckThresholds(Only(threshold, 1)), IsOk());
  }
  EXPECT_THAT(CheckThresholds(Only(&ComparisonThresholds::min_overlap, 0)),
              IsOk());
  EXPECT_THAT(CheckThresholds(Only(&ComparisonThresholds::max_score_drift, 0)),
              IsOk());
  EXPECT_THAT(CheckThresholds(Only(&ComparisonThresholds::max_p99_ratio, 0.5)),
              IsOk());
}

TEST(CheckThresholdsTest, RefusesWhatIsNot) {
  for (const Threshold threshold : kAll) {
    for (const double bad :
         {-0.001, std::nan(""), std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity()}) {
      EXPECT_THAT(CheckThresholds(Only(threshold, bad)),
                  IsStatus(StatusCode::kInvalidArgument));
    }
  }
  EXPECT_THAT(CheckThresholds(Only(&ComparisonThresholds::min_overlap, 1.5)),
              IsStatus(StatusCode::kInvalidArgument,
                       "min_overlap is 1.5, expected 0 to 1"));
  EXPECT_THAT(
      CheckThresholds(Only(&ComparisonThresholds::max_lost_share, 1.01)),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("max_lost_share")));
  EXPECT_THAT(
      CheckThresholds(Only(&ComparisonThresholds::max_norm_ratio, 0.9)),
      IsStatus(
          StatusCode::kInvalidArgument,
          "max_norm_ratio is 0.9, expected a finite number of at least 1"));
  EXPECT_THAT(CheckThresholds(Only(&ComparisonThresholds::max_memory_ratio, 0)),
              IsStatus(StatusCode::kInvalidArgument,
                       "max_memory_ratio is 0, expected a finite number of "
                       "more than 0"));
  EXPECT_THAT(CheckThresholds(Only(&ComparisonThresholds::max_p99_ratio, 0)),
              IsStatus(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace akin
