// What CompareVersions refuses, and how it is stopped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "index/query/compare_versions.h"
#include "tests/index/query/compare_fixture.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class CompareVersionsErrorTest : public testing::Test {
 protected:
  absl::StatusOr<Comparison> Compare(const CompareOptions& options) {
    return CompareVersions(before_, after_, options);
  }

  const Rows rows_ = RandomRows(5, 4, 1);
  const Version before_ = VersionOf(1, {{"items", rows_}, {"genres", rows_}});
  const Version after_ = VersionOf(2, {{"actors", rows_}, {"items", rows_}});
};

TEST_F(CompareVersionsErrorTest, NumbersOutOfRange) {
  EXPECT_THAT(Compare({.k = 0}), IsStatus(StatusCode::kInvalidArgument,
                                          "k is 0, expected 1 to 100"));
  EXPECT_THAT(Compare({.k = 101}), IsStatus(StatusCode::kInvalidArgument,
                                            "k is 101, expected 1 to 100"));
  EXPECT_THAT(Compare({.k = 100}), IsOk());
  EXPECT_THAT(Compare({.queries = 0}),
              IsStatus(StatusCode::kInvalidArgument,
                       "the number of queries is 0, expected 1 to 10000"));
  EXPECT_THAT(Compare({.queries = 10'001}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("10001")));
  EXPECT_THAT(Compare({.queries = 10'000}), IsOk());
}

TEST_F(CompareVersionsErrorTest, RecordedQueries) {
  CompareOptions options;
  options.recorded = {{"items", {}}};
  EXPECT_THAT(Compare(options),
              IsStatus(StatusCode::kInvalidArgument,
                       "the number of recorded ids of table items is 0, "
                       "expected 1 to 10000"));
  options.recorded[0].ids.assign(10'001, "r0");
  EXPECT_THAT(Compare(options),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("10001")));
  options.recorded[0].ids.assign(10'000, "r0");
  EXPECT_THAT(Compare(options), IsOk());
  options.recorded.push_back(options.recorded[0]);
  EXPECT_THAT(Compare(options), IsStatus(StatusCode::kInvalidArgument,
                                         HasSubstr("recorded twice")));
  options.recorded = {{"items", {"x", "y"}}};
  EXPECT_THAT(Compare(options),
              IsStatus(StatusCode::kNotFound,
                       "none of the 2 recorded ids of table items is in both "
                       "versions"));
}

TEST_F(CompareVersionsErrorTest, UnknownTablesSayWhichVersionLacksThem) {
  EXPECT_THAT(Compare({.tables = {"items", "actors"}}),
              IsStatus(StatusCode::kNotFound,
                       AllOf(HasSubstr("\"actors\""), HasSubstr("version 1"))));
  EXPECT_THAT(Compare({.tables = {"genres"}}),
              IsStatus(StatusCode::kNotFound,
                       AllOf(HasSubstr("\"genres\""), HasSubstr("version 2"))));
  CompareOptions options;
  options.recorded = {{"actors", {"r0"}}};
  EXPECT_THAT(Compare(options),
              IsStatus(StatusCode::kNotFound, HasSubstr("version 1")));
  options.recorded = {{"genres", {"r0"}}};
  EXPECT_THAT(Compare(options),
              IsStatus(StatusCode::kNotFound, HasSubstr("version 2")));
  // Named twice is compared once.
  EXPECT_THAT(Compare({.tables = {"items", "items"}})->tables, SizeIs(1));
}

TEST_F(CompareVersionsErrorTest, VersionsOfTwoModels) {
  EXPECT_THAT(
      CompareVersions(before_, VersionOf(2, {{"items", rows_}}, "glove"), {}),
      IsStatus(StatusCode::kInvalidArgument,
               AllOf(HasSubstr("movies"), HasSubstr("glove"))));
}

TEST_F(CompareVersionsErrorTest, StopsBeforeItBegins) {
  StopSignal cancelled;
  cancelled.Cancel();
  EXPECT_THAT(CompareVersions(before_, after_, {}, &cancelled),
              IsStatus(StatusCode::kCancelled));
  const StopSignal late(StopSignal::Clock::now() - std::chrono::seconds(1));
  EXPECT_THAT(CompareVersions(before_, after_, {}, &late),
              IsStatus(StatusCode::kDeadlineExceeded));
}

TEST(CompareVersionsStopTest, StopsInTheMiddle) {
  const Rows users = RandomRows(200, 8, 1);
  const Rows items = RandomRows(200, 8, 2);
  StopSignal stop;
  int searches = 0;
  const Version version = WithCarelessItems(1, users, items, [&] {
    if (++searches == 50) stop.Cancel();
  });
  EXPECT_THAT(CompareVersions(version, version, {.tables = {"items"}}, &stop),
              IsStatus(StatusCode::kCancelled, HasSubstr("items")));
  EXPECT_EQ(searches, 50);
}

TEST(CompareVersionsStopTest, StopsWhileExactSearchAnswers) {
  const Rows users = RandomRows(20, 8, 1);
  const Rows items = RandomRows(200, 8, 2);
  StopSignal stop;
  int searches = 0;
  // 16 of 20 are asked twice; the last of the index's answers.
  constexpr int kOfOneVersion = 36;
  const Version before = VersionOf(1, {{"users", users}, {"items", items}});
  const Version after = WithCarelessItems(2, users, items, [&] {
    if (++searches == kOfOneVersion) stop.Cancel();
  });
  EXPECT_THAT(CompareVersions(before, after, {.tables = {"items"}}, &stop),
              IsStatus(StatusCode::kCancelled));
  EXPECT_EQ(searches, kOfOneVersion);
}

}  // namespace
}  // namespace akin
