#include "index/query/shortfall.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "tests/index/query/asked_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Reason = Shortfall::Reason;

class ShortfallTest : public testing::Test {
 protected:
  absl::StatusOr<Answer> Ask(const SearchOptions& options,
                             const HandMadeRules& rules = {}) const {
    return words_.Ask(ItemRef{"", "king"}, options, rules);
  }
  static void ExpectShort(const absl::StatusOr<Answer>& answer, Reason reason,
                          uint32_t missing, const std::string& detail) {
    ASSERT_THAT(answer, IsOk());
    ASSERT_TRUE(answer->shortfall.has_value());
    EXPECT_EQ(answer->shortfall->reason, reason) << answer->shortfall->detail;
    EXPECT_EQ(answer->shortfall->missing, missing);
    EXPECT_THAT(answer->shortfall->detail, HasSubstr(detail));
  }

  const AskedVersion words_{Metric::kCosine, RoyalRows()};  // 7 rows
};

TEST_F(ShortfallTest, NoneWhenThereAreK) {
  EXPECT_FALSE(Ask({.k = 6})->shortfall.has_value());
  EXPECT_FALSE(Ask({.k = 2, .min_score = 0.7f})->shortfall.has_value());
  EXPECT_FALSE(Ask({.k = 2}, {.matching = {{2, 3}}})->shortfall.has_value());
}

TEST_F(ShortfallTest, ATableSmallerThanK) {
  ExpectShort(Ask({.k = 10}), Reason::kTableSize, 4,
              "only 7 ids, 1 of them left out");
}

TEST_F(ShortfallTest, TooManyExcluded) {
  ExpectShort(Ask({.k = 6, .exclude_ids = {"man"}}), Reason::kExcluded, 1,
              "has 7 ids and 2 of them are left out");
}

TEST_F(ShortfallTest, TooLowScores) {
  ExpectShort(Ask({.k = 3, .min_score = 0.7f}), Reason::kMinScore, 1, "0.7");
  const auto none = Ask({.k = 3, .min_score = 1.5f});
  ExpectShort(none, Reason::kMinScore, 3, "left out: 0");
  EXPECT_THAT(IdsOf(none), IsEmpty());
}

TEST_F(ShortfallTest, AFilterThatHoldsForFewer) {
  const auto few = Ask({.k = 3}, {.matching = {{4, 1}}});
  ExpectShort(few, Reason::kFilter, 1, "the filter holds for 2 of 7 ids");
  EXPECT_THAT(IdsOf(few), ElementsAre("boy", "queen"));
  const auto none = Ask({.k = 3}, {.matching = {{}}});
  ExpectShort(none, Reason::kFilter, 3, "holds for 0 of 7");
  // Also where k is more than the table has.
  ExpectShort(Ask({.k = 10}, {.matching = {{4, 1}}}), Reason::kFilter, 8,
              "the filter holds for 2 of 7 ids");
  ExpectShort(Ask({.k = 10}, {.matching = {{0, 1, 2, 3, 4, 5, 6}}}),
              Reason::kTableSize, 4, "only 7 ids, 1 of them left out");
  // The filter holds for enough, one of them is the query's own.
  ExpectShort(Ask({.k = 3}, {.matching = {{0, 4, 1}}}), Reason::kExcluded, 1,
              "the filter holds for 3 ids");
}

TEST_F(ShortfallTest, FullGroups) {
  SearchOptions options;
  options.k = 3;
  options.group_by = Grouping{"colour", 1};
  HandMadeRules rules;
  rules.group = [](uint32_t row) { return row % 2; };
  const auto two = Ask(options, rules);
  EXPECT_THAT(IdsOf(two), SizeIs(2));
  ExpectShort(two, Reason::kGroups, 1, "of the best 6 ids all but 2");
}

TEST_F(ShortfallTest, FewCandidates) {
  Fusion fusion;
  fusion.parts = {{ItemRef{"", "king"}}, {ItemRef{"", "queen"}}};
  fusion.depth = 1;
  const auto answer = words_.Ask(fusion, {.k = 5});
  ExpectShort(answer, Reason::kCandidates,
              static_cast<uint32_t>(5 - answer->hits.size()), "candidates");
}

TEST(ShortfallOfAll, NeverFewerThanTheFilterHoldsFor) {
  const AskedVersion asked(Metric::kCosine, RandomRows(300, 8, 3));
  for (const uint32_t matches : {0u, 1u, 2u, 9u, 10u, 11u, 150u, 299u}) {
    std::vector<uint32_t> rows(matches);
    std::iota(rows.begin(), rows.end(), 1);  // r0, the query, is not there
    const auto answer =
        asked.Ask(ItemRef{"", "r0"}, {.k = 10}, {.matching = std::move(rows)});
    ASSERT_THAT(answer, IsOk());
    EXPECT_THAT(answer->hits, SizeIs(std::min(10u, matches)));
    EXPECT_EQ(answer->shortfall.has_value(), matches < 10);
  }
}

}  // namespace
}  // namespace akin
