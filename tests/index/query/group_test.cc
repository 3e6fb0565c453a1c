#include "index/query/group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "index/query/pool_size.h"
#include "tests/index/query/asked_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<uint32_t> Kept(const GroupOfRow& group, uint32_t most,
                           const std::vector<uint32_t>& rows) {
  std::vector<Neighbor> neighbors;
  for (const uint32_t row : rows) neighbors.push_back({row, 1});
  const bool left_out = KeepGroups(group, most, &neighbors);
  EXPECT_EQ(left_out, neighbors.size() < rows.size());
  std::vector<uint32_t> kept;
  for (const Neighbor& near : neighbors) kept.push_back(near.row);
  return kept;
}

TEST(KeepGroups, TheFirstOfEach) {
  const GroupOfRow by_ten = [](uint32_t row) { return row / 10; };
  const std::vector<uint32_t> rows = {15, 3, 11, 7, 22, 12};
  EXPECT_THAT(Kept(by_ten, 1, rows), ElementsAre(15, 3, 22));
  EXPECT_THAT(Kept(by_ten, 0, rows), ElementsAre(15, 3, 22));
  EXPECT_THAT(Kept(by_ten, 2, rows), ElementsAre(15, 3, 11, 7, 22));
  EXPECT_THAT(Kept(by_ten, 3, rows), ElementsAre(15, 3, 11, 7, 22, 12));
  EXPECT_THAT(Kept(by_ten, 1, {}), IsEmpty());
}

TEST(KeepGroups, RowsWithoutAValueAreGroupsOfTheirOwn) {
  const GroupOfRow group = [](uint32_t row) { return row < 3 ? kNoGroup : 5u; };
  EXPECT_THAT(Kept(group, 1, {1, 4, 2, 3, 0}), ElementsAre(1, 4, 2, 0));
}

class GroupedQueryTest : public testing::Test {
 protected:
  static SearchOptions Grouped(uint32_t k, uint32_t most = 1) {
    SearchOptions options;
    options.k = k;
    options.group_by = Grouping{"g", most};
    return options;
  }

  const AskedVersion asked_{Metric::kL2, RandomRows(3000, 4, 8)};
  const std::vector<float> query_ = {0.1f, 0.2f, -0.3f, 0.4f};
};

TEST_F(GroupedQueryTest, ThePoolGrowsUntilThereAreEnough) {
  // Of the nearest 1,000 rows all are of one group.
  const auto all = asked_.Ask(absl::MakeConstSpan(query_), {.k = 3000});
  ASSERT_THAT(all, IsOk());
  std::vector<uint32_t> rank(3000);
  for (uint32_t i = 0; i < 3000; ++i) {
    rank[*asked_.table().ids().Find(all->hits[i].id)] = i;
  }
  HandMadeRules rules;
  rules.group = [&](uint32_t row) { return rank[row] < 1000 ? 0 : rank[row]; };
  const auto answer =
      asked_.Ask(absl::MakeConstSpan(query_), Grouped(5), rules);
  EXPECT_THAT(IdsOf(answer), ElementsAre(all->hits[0].id, all->hits[1000].id,
                                         all->hits[1001].id, all->hits[1002].id,
                                         all->hits[1003].id));
  EXPECT_FALSE(answer->shortfall.has_value());
  // Searched for 100, 400 and 1,600.
  EXPECT_EQ(answer->stats.distances, 9000u);
}

TEST_F(GroupedQueryTest, OneSearchIsEnoughWhereGroupsAreSmall) {
  HandMadeRules rules;
  rules.group = [](uint32_t row) { return row / 2; };
  const auto answer =
      asked_.Ask(absl::MakeConstSpan(query_), Grouped(10), rules);
  EXPECT_EQ(answer->stats.distances, 3000u);
  std::map<uint32_t, int> taken;
  for (const Hit& hit : answer->hits) {
    EXPECT_EQ(++taken[*asked_.table().ids().Find(hit.id) / 2], 1);
  }
}

TEST_F(GroupedQueryTest, EverythingIsSeenBeforeGroupsAreFull) {
  HandMadeRules rules;
  rules.group = [](uint32_t row) { return row % 3; };
  const auto answer =
      asked_.Ask(absl::MakeConstSpan(query_), Grouped(10, 2), rules);
  EXPECT_THAT(answer->hits, SizeIs(6));
  ASSERT_TRUE(answer->shortfall.has_value());
  EXPECT_EQ(answer->shortfall->reason, Shortfall::Reason::kGroups);
  EXPECT_EQ(answer->shortfall->missing, 4u);
}

TEST_F(GroupedQueryTest, MinScoreEndsTheSearchForMore) {
  HandMadeRules rules;
  rules.group = [](uint32_t) { return 0; };
  SearchOptions options = Grouped(10);
  options.min_score = -0.5f;
  const auto answer = asked_.Ask(absl::MakeConstSpan(query_), options, rules);
  EXPECT_THAT(answer->hits, SizeIs(1));
  EXPECT_EQ(answer->shortfall->reason, Shortfall::Reason::kMinScore);
}

TEST(GroupedPool, Sizes) {
  SearchOptions options;
  options.k = 10;
  EXPECT_EQ(FirstCount(options), 10u);
  options.diversity = Diversity{};
  EXPECT_EQ(FirstCount(options), 100u);
  options.k = 30;
  EXPECT_EQ(FirstCount(options), 120u);
  options.k = 10'000;
  EXPECT_EQ(FirstCount(options), 10'000u);
  options.diversity->pool = 50;
  EXPECT_EQ(FirstCount(options), 10'000u);
  options.k = 20;
  EXPECT_EQ(FirstCount(options), 50u);
  options.group_by = Grouping{"g"};
  EXPECT_EQ(FirstCount(options), 200u);
  options.diversity.reset();
  EXPECT_EQ(FirstCount(options), 100u);
  EXPECT_EQ(ProductCandidates(10), 1000u);
  EXPECT_EQ(ProductCandidates(5000), 50'000u);
  EXPECT_EQ(ProductCandidates(60'000), 100'000u);
}

}  // namespace
}  // namespace akin
