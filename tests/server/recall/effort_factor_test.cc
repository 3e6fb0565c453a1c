// What a factor of effort does to a search by a graph.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "index/query/expected_time.h"
#include "index/query/run_query.h"
#include "tests/server/recall/graph_version.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

class EffortFactorTest : public testing::Test {
 protected:
  // Rows that a search looked at on its way, for all queries.
  uint64_t HopsWith(float factor, float target_recall = 0.95f) const {
    uint64_t hops = 0;
    for (const std::vector<float>& query : data_.queries) {
      SearchOptions options;
      options.k = 10;
      options.target_recall = target_recall;
      options.effort_factor = factor;
      const auto answer = RunQuery(
          *version_, "t", Query(absl::Span<const float>(query)), options);
      EXPECT_THAT(answer, IsOk());
      EXPECT_EQ(answer->hits.size(), 10u);
      hops += answer->stats.hops;
    }
    return hops;
  }

  const RowsAndQueries data_ = ClusteredRowsAndQueries(2000, 20, 32, 7, 20);
  const std::shared_ptr<const Version> version_ =
      GraphVersion(1, data_.rows, 32);
};

TEST_F(EffortFactorTest, MoreEffortWalksFurther) {
  const uint64_t plain = HopsWith(1);
  EXPECT_GT(plain, 0u);
  EXPECT_GT(HopsWith(2), plain);
  EXPECT_GT(HopsWith(4), HopsWith(2));
  EXPECT_LT(HopsWith(0.7f), plain);
}

TEST_F(EffortFactorTest, IsNeverLessThanWhatIsAskedFor) {
  EXPECT_GT(HopsWith(0.01f), 0u);
}

TEST_F(EffortFactorTest, WhatIsExactStaysExact) {
  EXPECT_EQ(HopsWith(1, 1), 0u);
  EXPECT_EQ(HopsWith(4, 1), 0u);
}

TEST_F(EffortFactorTest, IsExpectedToTakeLonger) {
  const IndexedTable& table = **version_->FindTable("t");
  SearchOptions options;
  options.k = 10;
  const double plain = ExpectedMicroseconds(table, options);
  options.effort_factor = 4;
  EXPECT_GT(ExpectedMicroseconds(table, options), plain);
}

}  // namespace
}  // namespace akin::server
