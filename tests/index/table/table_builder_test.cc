#include "index/table/table_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace akin {
namespace {

using ::testing::FloatNear;
using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

class TableBuilderTest : public testing::Test {
 protected:
  std::optional<TableBuilder::BadRow> Add(TableBuilder* builder,
                                          absl::string_view id,
                                          const std::vector<float>& values) {
    const auto next = builder->NextRow();
    std::copy(values.begin(), values.end(), next->begin());
    return builder->Commit(id);
  }
  RowFault FaultOf(absl::string_view id, const std::vector<float>& values,
                   Metric metric = Metric::kCosine) {
    TableBuilder builder("t", static_cast<uint32_t>(values.size()),
                         {.metric = metric});
    EXPECT_FALSE(
        Add(&builder, "first", std::vector<float>(values.size(), 1.0f)));
    const auto bad = Add(&builder, id, values);
    EXPECT_TRUE(bad.has_value());
    EXPECT_EQ(builder.rows(), 1u);
    EXPECT_FALSE(bad->detail.empty());
    return bad->fault;
  }
};

TEST_F(TableBuilderTest, CosineStoresDirectionsAndGivesOriginalsBack) {
  TableBuilder builder("t", 2, {.metric = Metric::kCosine});
  EXPECT_FALSE(Add(&builder, "a", {3, 4}));
  EXPECT_FALSE(Add(&builder, "b", {-1e-20f, 0}));
  EXPECT_FALSE(Add(&builder, "c", {1e30f, 1e30f}));
  EXPECT_DOUBLE_EQ(builder.max_norm(), std::sqrt(2.0) * 1e30f);
  const Table table = std::move(builder).Build();
  EXPECT_THAT(table.SearchVector(0)[0], FloatNear(0.6f, 1e-6f));
  EXPECT_EQ(table.SearchVector(1)[0], -1.0f);
  std::vector<float> original(2);
  for (const auto& [row, x] :
       {std::pair{0u, 3.0f}, {1u, -1e-20f}, {2u, 1e30f}}) {
    table.CopyOriginal(row, absl::MakeSpan(original));
    EXPECT_NEAR(original[0] / x, 1.0, 1e-6);
  }
}

TEST_F(TableBuilderTest, OtherMetricsStoreVectorsAsTheyAre) {
  for (const Metric metric : {Metric::kDot, Metric::kL2}) {
    TableBuilder builder("t", 2, {.metric = metric});
    EXPECT_FALSE(Add(&builder, "a", {3, 4}));
    EXPECT_FALSE(Add(&builder, "zero", {0, 0}));
    const Table table = std::move(builder).Build();
    EXPECT_EQ(table.SearchVector(0)[1], 4.0f);
    EXPECT_EQ(table.rows(), 2u);
  }
}

TEST_F(TableBuilderTest, NamesEveryFault) {
  EXPECT_EQ(FaultOf("x", {1, kNan}), RowFault::kNotFinite);
  EXPECT_EQ(FaultOf("x", {kInfinity, 1}), RowFault::kNotFinite);
  EXPECT_EQ(FaultOf("x", {1, -kInfinity}, Metric::kDot), RowFault::kNotFinite);
  EXPECT_EQ(FaultOf("x", {3e38f, 3e38f}), RowFault::kNotFinite);
  EXPECT_EQ(FaultOf("x", {4e18f, 4e18f}, Metric::kDot), RowFault::kNotFinite);
  EXPECT_EQ(FaultOf("x", {-6e18f, 0}, Metric::kL2), RowFault::kNotFinite);
  EXPECT_EQ(FaultOf("x", {0, -0.0f}), RowFault::kZeroVector);
  EXPECT_EQ(FaultOf("first", {1, 2}), RowFault::kDuplicateId);
  EXPECT_EQ(FaultOf("zee\xc3n", {1, 2}), RowFault::kInvalidUtf8);
  EXPECT_EQ(FaultOf("", {1, 2}), RowFault::kEmptyId);
  EXPECT_EQ(FaultOf(std::string(513, 'x'), {1, 2}), RowFault::kLongId);
}

TEST_F(TableBuilderTest, TakesAnIdOf512Bytes) {
  TableBuilder builder("t", 1, {});
  EXPECT_FALSE(Add(&builder, std::string(512, 'x'), {1}));
}

TEST_F(TableBuilderTest, RepairsUtf8WhenAsked) {
  TableBuilder builder("t", 1, {.utf8 = Utf8Policy::kReplace});
  EXPECT_FALSE(Add(&builder, "zee\xc3n", {1}));
  EXPECT_EQ(std::move(builder).Build().ids().Id(0), "zee\xEF\xBF\xBDn");
  TableBuilder ignoring("t", 1, {.utf8 = Utf8Policy::kIgnore});
  EXPECT_FALSE(Add(&ignoring, "zee\xc3n", {1}));
  const auto bad = Add(&ignoring, "\xff", {1});
  ASSERT_TRUE(bad.has_value());
  EXPECT_EQ(bad->fault, RowFault::kEmptyId);
}

TEST_F(TableBuilderTest, ABadRowLeavesNoTrace) {
  TableBuilder builder("t", 2, {});
  EXPECT_FALSE(Add(&builder, "a", {1, 0}));
  EXPECT_TRUE(Add(&builder, "bad", {kNan, 1}));
  EXPECT_TRUE(Add(&builder, "a", {0, 1}));
  EXPECT_FALSE(Add(&builder, "bad", {0, 2}));
  const Table table = std::move(builder).Build();
  EXPECT_EQ(table.rows(), 2u);
  EXPECT_EQ(table.ids().Find("bad"), 1u);
  EXPECT_EQ(table.SearchVector(1)[1], 1.0f);
}

TEST_F(TableBuilderTest, AnAnnouncedNumberOfRowsCostsNothingYet) {
  TableBuilder builder("t", 1, {});
  // 16 GiB of vectors, none of them written.
  EXPECT_TRUE(builder.Reserve(uint64_t{4'000'000'000}).ok());
  EXPECT_FALSE(Add(&builder, "a", {1}));
}

TEST_F(TableBuilderTest, RefusesMoreRowsThanRowNumbers) {
  TableBuilder builder("t", 1, {});
  EXPECT_EQ(builder.Reserve(uint64_t{1} << 33).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(FindNotFinite, NamesTheFirst) {
  EXPECT_EQ(FindNotFinite({}), -1);
  EXPECT_EQ(FindNotFinite({1, 3e38f, -3e38f}), -1);
  EXPECT_EQ(FindNotFinite({1, kNan, kInfinity}), 1);
}

}  // namespace
}  // namespace akin
