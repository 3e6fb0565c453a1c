#include "index/query/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Filter, RowsOfKnownIdsSortedAndOnce) {
  const Table table = MakeTable("words", Metric::kCosine, RoyalRows());
  EXPECT_THAT(RowsOf(table, {"woman", "nobody", "king", "woman", ""}),
              ElementsAre(0, 3));
  EXPECT_THAT(RowsOf(table, {}), IsEmpty());
}

TEST(Filter, RowsAreMergedSortedAndOnce) {
  EXPECT_THAT(WithRows({1, 4}, {5, 0, 4, 3, 3}), ElementsAre(0, 1, 3, 4, 5));
  EXPECT_THAT(WithRows({}, {2, 1}), ElementsAre(1, 2));
  EXPECT_THAT(WithRows({1, 2}, {}), ElementsAre(1, 2));
}

TEST(Filter, SortsOnce) {
  std::vector<uint32_t> rows = {3, 1, 3, 2, 1};
  SortOnce(&rows);
  EXPECT_THAT(rows, ElementsAre(1, 2, 3));
  std::vector<uint32_t> sorted = {1, 1, 2};
  SortOnce(&sorted);
  EXPECT_THAT(sorted, ElementsAre(1, 2));
}

TEST(Filter, ScoresAtTheThresholdStay) {
  const std::vector<Neighbor> all = {{0, 0.9f}, {1, 0.7f}, {2, 0.6f}};
  std::vector<Neighbor> neighbors = all;
  EXPECT_FALSE(DropLowScores(std::nullopt, &neighbors));
  EXPECT_FALSE(DropLowScores(0.6f, &neighbors));
  EXPECT_EQ(neighbors, all);
  EXPECT_TRUE(DropLowScores(0.7f, &neighbors));
  EXPECT_THAT(neighbors, ElementsAre(Neighbor{0, 0.9f}, Neighbor{1, 0.7f}));
  EXPECT_TRUE(DropLowScores(1.0f, &neighbors));
  EXPECT_THAT(neighbors, IsEmpty());
}

}  // namespace
}  // namespace akin
