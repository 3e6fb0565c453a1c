#include "index/base/error_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/base/status_macros.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using ::testing::ElementsAre;

TEST(ErrorFacts, SurviveAnnotation) {
  const absl::Status status = Annotate(
      UnknownNameError("id", "a\nb\xff", "table t", {"near 1", "near\n2"}),
      "while testing");
  EXPECT_THAT(status, IsStatus(absl::StatusCode::kNotFound,
                               testing::StartsWith("while testing: id \"")));
  const auto facts = FactsOf(status);
  ASSERT_TRUE(facts.has_value());
  const auto& unknown = std::get<UnknownName>(*facts);
  EXPECT_EQ(unknown.name, "a\nb\xff");
  EXPECT_THAT(unknown.near, ElementsAre("near 1", "near\n2"));
  EXPECT_EQ(unknown.table, "");
  const auto id = FactsOf(
      WithFacts(absl::NotFoundError("x"), UnknownName{"a", {}, "words"}));
  EXPECT_EQ(std::get<UnknownName>(*id).table, "words");
  EXPECT_THAT(std::get<UnknownName>(*id).near, testing::IsEmpty());
}

TEST(ErrorFacts, CarryNumbers) {
  const auto limit = FactsOf(WithFacts(absl::InvalidArgumentError("x"),
                                       LimitExceeded{"max_k", 10, 1ull << 40}));
  EXPECT_EQ(std::get<LimitExceeded>(*limit).limit, "max_k");
  EXPECT_EQ(std::get<LimitExceeded>(*limit).actual, 1ull << 40);
  const auto dimension = FactsOf(
      WithFacts(absl::InvalidArgumentError("x"), DimensionMismatch{3, 4}));
  EXPECT_EQ(std::get<DimensionMismatch>(*dimension).expected, 3u);
  EXPECT_EQ(std::get<DimensionMismatch>(*dimension).actual, 4u);
}

TEST(ErrorFacts, AreAbsentOtherwise) {
  EXPECT_FALSE(FactsOf(absl::OkStatus()).has_value());
  EXPECT_FALSE(FactsOf(absl::InternalError("x")).has_value());
}

}  // namespace
}  // namespace akin
