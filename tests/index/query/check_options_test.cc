#include "index/query/check_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <variant>

#include "index/base/error_facts.h"
#include "index/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

class CheckOptionsTest : public testing::Test {
 protected:
  absl::Status Check(const SearchOptions& options, size_t queries = 1) const {
    return CheckOptions(options, table_, queries);
  }
  static SearchOptions WithK(uint32_t k) {
    SearchOptions options;
    options.k = k;
    return options;
  }

  // 2,000 rows of 100 numbers.
  const Table table_ = MakeTable("t", Metric::kDot, RandomRows(2000, 100, 1));
};

TEST_F(CheckOptionsTest, KIsWithinItsLimits) {
  EXPECT_THAT(Check(WithK(1)), IsOk());
  EXPECT_THAT(Check(WithK(kMaxK)), IsOk());
  for (const uint32_t k : {0u, kMaxK + 1, 0xFFFF'FFFFu}) {
    const absl::Status status = Check(WithK(k));
    EXPECT_THAT(status, IsStatus(StatusCode::kInvalidArgument,
                                 HasSubstr("expected 1 to 10000")));
    const auto facts = FactsOf(status);
    ASSERT_TRUE(facts.has_value());
    EXPECT_EQ(std::get<LimitExceeded>(*facts).limit, "max_k");
    EXPECT_EQ(std::get<LimitExceeded>(*facts).actual, k);
  }
}

TEST_F(CheckOptionsTest, TargetRecallIsAboveZeroAndAtMostOne) {
  SearchOptions options = WithK(1);
  EXPECT_FLOAT_EQ(options.target_recall, 0.95f);
  for (const float good : {1e-30f, 0.5f, 0.999f, 1.0f}) {
    options.target_recall = good;
    EXPECT_THAT(Check(options), IsOk());
  }
  for (const float bad : {0.0f, -0.1f, 1.0000001f, 95.0f, std::nanf(""),
                          std::numeric_limits<float>::infinity()}) {
    options.target_recall = bad;
    EXPECT_THAT(Check(options),
                IsStatus(StatusCode::kInvalidArgument,
                         testing::AllOf(HasSubstr("target_recall is "),
                                        HasSubstr("at most 1"))));
    // Also where it would have no effect.
    options.exact = true;
    EXPECT_THAT(Check(options), IsStatus(StatusCode::kInvalidArgument,
                                         HasSubstr("target_recall")));
    options.exact = false;
  }
}

TEST_F(CheckOptionsTest, MinScoreIsFinite) {
  SearchOptions options = WithK(1);
  for (const float good : {-3e38f, 0.0f, 2.0f}) {
    options.min_score = good;
    EXPECT_THAT(Check(options), IsOk());
  }
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    options.min_score = bad;
    EXPECT_THAT(Check(options),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr("min_score")));
  }
}

TEST_F(CheckOptionsTest, CountsHaveTheirCaps) {
  EXPECT_THAT(CheckExcludeIds(0), IsOk());
  EXPECT_THAT(CheckExcludeIds(kMaxExcludeIds), IsOk());
  EXPECT_THAT(CheckExcludeIds(kMaxExcludeIds + 1),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("exclude_ids")));
  EXPECT_THAT(CheckTerms(1), IsOk());
  EXPECT_THAT(CheckTerms(0),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("terms")));
  EXPECT_THAT(CheckTerms(kMaxCombinationTerms + 1),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("1001")));
}

TEST_F(CheckOptionsTest, AnswersFitIntoAMessage) {
  // 10,000 queries of 100 hits of at least 10 bytes: 10 MB.
  EXPECT_THAT(Check(WithK(100), 10'000), IsOk());
  EXPECT_THAT(Check(WithK(200), 10'000),
              IsStatus(StatusCode::kResourceExhausted,
                       HasSubstr("a message has at most 16777216")));
  // The table has 2,000 ids, whatever k is.
  EXPECT_THAT(Check(WithK(10'000), 800), IsOk());
  SearchOptions vectors = WithK(2'000);
  vectors.return_vectors = true;
  EXPECT_THAT(Check(vectors, 20), IsOk());
  EXPECT_THAT(Check(vectors, 21),
              IsStatus(StatusCode::kResourceExhausted, HasSubstr("bytes")));
}

}  // namespace
}  // namespace akin
