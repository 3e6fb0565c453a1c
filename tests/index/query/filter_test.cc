#include "index/query/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Reason = Shortfall::Reason;

class FilterTest : public testing::Test {
 protected:
  // The seven rows of the royal words, best first.
  static std::vector<Neighbor> All() {
    return {{0, 0.9f}, {1, 0.8f}, {2, 0.7f}, {3, 0.6f},
            {4, 0.5f}, {5, 0.4f}, {6, 0.3f}};
  }
  static std::vector<uint32_t> Rows(const std::vector<Neighbor>& neighbors) {
    std::vector<uint32_t> rows;
    rows.reserve(neighbors.size());
    for (const Neighbor& near : neighbors) rows.push_back(near.row);
    return rows;
  }

  const Table table_ = MakeTable("words", Metric::kCosine, RoyalRows());
};

TEST_F(FilterTest, RowsOfKnownIdsSortedAndOnce) {
  EXPECT_THAT(RowsOf(table_, {"woman", "nobody", "king", "woman", ""}),
              ElementsAre(0, 3));
  EXPECT_THAT(RowsOf(table_, {}), IsEmpty());
}

TEST_F(FilterTest, RowsAreMergedSortedAndOnce) {
  EXPECT_THAT(WithRows({1, 4}, {5, 0, 4, 3, 3}), ElementsAre(0, 1, 3, 4, 5));
  EXPECT_THAT(WithRows({}, {2, 1}), ElementsAre(1, 2));
  EXPECT_THAT(WithRows({1, 2}, {}), ElementsAre(1, 2));
}

TEST_F(FilterTest, KeepsTheFirstKOfWhatIsNotExcluded) {
  std::vector<Neighbor> neighbors = All();
  SearchOptions options;
  options.k = 3;
  EXPECT_FALSE(FilterNeighbors(table_, options, {0, 2}, &neighbors));
  EXPECT_THAT(Rows(neighbors), ElementsAre(1, 3, 4));
}

TEST_F(FilterTest, ATableSmallerThanK) {
  std::vector<Neighbor> neighbors = All();
  SearchOptions options;
  options.k = 10;
  const auto shortfall = FilterNeighbors(table_, options, {}, &neighbors);
  ASSERT_TRUE(shortfall.has_value());
  EXPECT_EQ(shortfall->reason, Reason::kTableSize);
  EXPECT_EQ(shortfall->missing, 3u);
  EXPECT_THAT(shortfall->detail, HasSubstr("only 7 ids"));
}

TEST_F(FilterTest, TooManyExcluded) {
  std::vector<Neighbor> neighbors = All();
  SearchOptions options;
  options.k = 7;
  const auto shortfall = FilterNeighbors(table_, options, {6}, &neighbors);
  ASSERT_TRUE(shortfall.has_value());
  EXPECT_EQ(shortfall->reason, Reason::kExcluded);
  EXPECT_EQ(shortfall->missing, 1u);
  EXPECT_THAT(Rows(neighbors), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(FilterTest, ScoresAtTheThresholdStay) {
  std::vector<Neighbor> neighbors = All();
  SearchOptions options;
  options.k = 5;
  options.min_score = 0.7f;
  const auto shortfall = FilterNeighbors(table_, options, {1}, &neighbors);
  ASSERT_TRUE(shortfall.has_value());
  EXPECT_EQ(shortfall->reason, Reason::kMinScore);
  EXPECT_EQ(shortfall->missing, 3u);
  EXPECT_THAT(Rows(neighbors), ElementsAre(0, 2));
}

TEST_F(FilterTest, NothingLeft) {
  std::vector<Neighbor> neighbors = All();
  SearchOptions options;
  options.k = 7;
  const auto shortfall =
      FilterNeighbors(table_, options, {0, 1, 2, 3, 4, 5, 6}, &neighbors);
  EXPECT_THAT(neighbors, IsEmpty());
  EXPECT_EQ(shortfall->reason, Reason::kExcluded);
  EXPECT_EQ(shortfall->missing, 7u);
}

}  // namespace
}  // namespace akin
