#include "index/build/index_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

IndexPlan Plan(uint32_t dimension, Profile profile,
               Metric metric = Metric::kCosine) {
  GraphIndexOptions options;
  options.profile = profile;
  const auto plan = PlanIndex(1000, dimension, metric, options);
  EXPECT_THAT(plan, IsOk());
  return plan.value_or(IndexPlan{});
}

TEST(PlanIndex, FastIsFlatWithManyLinksInFewDimensions) {
  for (const uint32_t dimension : {1u, 50u, 64u}) {
    for (const Profile profile : {Profile::kAuto, Profile::kFast}) {
      const IndexPlan plan = Plan(dimension, profile);
      EXPECT_EQ(plan.profile, Profile::kFast);
      EXPECT_EQ(plan.layout, GraphLayout::kFlat);
      EXPECT_EQ(plan.degree, 64u);
      EXPECT_EQ(plan.bits, 0u);
      EXPECT_TRUE(plan.keeps_vectors);
    }
  }
}

TEST(PlanIndex, FastIsRowsAboveWithFewerBitsTheMoreDimensions) {
  for (const auto& [dimension, bits] :
       {std::pair{65u, 2u}, {128u, 2u}, {255u, 2u}, {256u, 1u}, {1536u, 1u}}) {
    const IndexPlan plan = Plan(dimension, Profile::kFast);
    EXPECT_EQ(plan.layout, GraphLayout::kRows) << dimension;
    EXPECT_EQ(plan.bits, bits) << dimension;
    EXPECT_EQ(plan.degree, 32u);
  }
}

TEST(PlanIndex, CompactIsFlatAndDropsTheVectors) {
  for (const auto& [dimension, degree] :
       {std::pair{50u, 64u}, {65u, 32u}, {768u, 32u}}) {
    const IndexPlan plan = Plan(dimension, Profile::kCompact);
    EXPECT_EQ(plan.layout, GraphLayout::kFlat);
    EXPECT_EQ(plan.degree, degree);
    EXPECT_FALSE(plan.keeps_vectors);
    EXPECT_LT(plan.bytes_per_vector(),
              Plan(dimension, Profile::kFast).bytes_per_vector());
  }
}

TEST(PlanIndex, BytesOfAVector) {
  // Codes 64, error 4, links 256; vector 200, norm 4.
  EXPECT_EQ(Plan(50, Profile::kFast).index_bytes, 324u);
  EXPECT_EQ(Plan(50, Profile::kFast).table_bytes, 204u);
  EXPECT_EQ(Plan(50, Profile::kFast, Metric::kDot).table_bytes, 200u);
  // Codes 128, error 4, links 128.
  EXPECT_EQ(Plan(128, Profile::kCompact).index_bytes, 260u);
  EXPECT_EQ(Plan(128, Profile::kCompact).table_bytes, 4u);
  EXPECT_EQ(Plan(128, Profile::kCompact, Metric::kL2).table_bytes, 0u);
  EXPECT_EQ(Plan(128, Profile::kCompact, Metric::kDot).index_bytes, 260u);
  // The length of l2 does not fit into the same lines.
  EXPECT_EQ(Plan(128, Profile::kCompact, Metric::kL2).index_bytes, 324u);
  EXPECT_EQ(Plan(28, Profile::kCompact, Metric::kL2).index_bytes, 292u);
  EXPECT_EQ(Plan(29, Profile::kCompact, Metric::kL2).index_bytes, 324u);
  // f16 256, codes 128 * 2 * 4, factors 128, rows 128.
  EXPECT_EQ(Plan(128, Profile::kFast).index_bytes, 1536u);
  // 1568 + 3136 + 256, in whole lines.
  EXPECT_EQ(Plan(784, Profile::kFast).index_bytes, 4992u);
}

TEST(PlanIndex, ThePeakHoldsAtLeastWhatIsLeft) {
  for (const Profile profile : {Profile::kFast, Profile::kCompact}) {
    for (const uint32_t dimension : {8u, 100u, 768u}) {
      const IndexPlan plan = Plan(dimension, profile);
      EXPECT_GE(plan.peak_bytes, 1000 * plan.index_bytes);
    }
  }
}

TEST(PlanIndex, WhatIsAskedForIsTaken) {
  GraphIndexOptions options;
  options.layout = GraphLayout::kRows;
  options.bits = 4;
  auto plan = PlanIndex(1, 50, Metric::kL2, options);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->layout, GraphLayout::kRows);
  EXPECT_EQ(plan->bits, 4u);
  EXPECT_EQ(DescribeLayout(*plan), "rows: f16 vectors, 4-bit codes, 32 links");
  options = {};
  options.layout = GraphLayout::kFlat;
  options.degree = 96;
  plan = PlanIndex(1, 768, Metric::kL2, options);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->degree, 96u);
  EXPECT_EQ(DescribeLayout(*plan), "flat: int8 codes, 96 links");
}

TEST(PlanIndex, RefusesWhatCannotBe) {
  const auto refuse = [](const GraphIndexOptions& options, const char* why) {
    EXPECT_THAT(PlanIndex(1, 100, Metric::kCosine, options),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr(why)));
  };
  EXPECT_THAT(PlanIndex(0, 100, Metric::kCosine, {}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("rows")));
  GraphIndexOptions options;
  options.bits = 3;
  refuse(options, "3 bits");
  options = {};
  options.degree = 48;
  refuse(options, "degree is 48");
  options.degree = 288;
  refuse(options, "degree is 288");
  options.degree = 64;
  refuse(options, "64 were asked for");
  options = {};
  options.profile = Profile::kCompact;
  options.layout = GraphLayout::kRows;
  refuse(options, "compact");
}

}  // namespace
}  // namespace akin
