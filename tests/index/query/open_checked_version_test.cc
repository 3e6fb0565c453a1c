#include "index/query/open_checked_version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "index/version/sealed_version.h"
#include "tests/support/overwrite.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kGood[] =
    R"({"table": "words", "id": "man", "expect": ["boy"], "within": 1})";
constexpr char kBad[] =
    R"({"table": "words", "id": "man", "expect": ["king"], "within": 1})";

class OpenCheckedVersionTest : public testing::Test {
 protected:
  void Seal(const std::string& golden) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    SealFacts facts;
    facts.golden_queries = golden;
    ASSERT_THAT(SealVersion(*RoyalVersion(7), facts, folder_), IsOk());
  }
  absl::StatusOr<std::shared_ptr<const Version>> Open(
      const OpenProgress& progress = nullptr) {
    return OpenCheckedVersion(folder_, "royal", 7, &pool_,
                              {.progress = progress});
  }

  TempDir dir_;
  const std::string folder_ = dir_.Path("7");
  WorkerPool pool_{1};
};

TEST_F(OpenCheckedVersionTest, OpensWhatAnswersItsGoldenQueries) {
  for (const char* golden : {"", "# none\n", kGood}) {
    Seal(golden);
    const auto version = Open();
    ASSERT_THAT(version, IsOk());
    EXPECT_EQ((*version)->number(), 7);
    EXPECT_THAT((*version)->FindTable("people"), IsOk());
  }
}

TEST_F(OpenCheckedVersionTest, RefusesWhatDoesNot) {
  Seal(absl::StrCat(kGood, "\n", kBad, "\n"));
  EXPECT_THAT(
      Open(),
      IsStatus(StatusCode::kFailedPrecondition,
               folder_ +
                   "/golden.jsonl: 1 of 2 golden queries failed: golden query "
                   "line 2 (man in words): king is not among the first 1 "
                   "(exact rank 2)"));
  // It is whole nevertheless.
  EXPECT_THAT(OpenVersion(folder_, "royal", 7, &pool_), IsOk());
}

TEST_F(OpenCheckedVersionTest, RefusesGoldenQueriesThatItDoesNotKnow) {
  Seal(R"({"table": "words", "text": "man", "expect": ["boy"]})");
  EXPECT_THAT(Open(), IsStatus(StatusCode::kFailedPrecondition,
                               AllOf(StartsWith(folder_ + "/golden.jsonl:1: "),
                                     HasSubstr("found \"text\""))));
}

TEST_F(OpenCheckedVersionTest, RefusesDamage) {
  Seal(kBad);
  // So that it would be found.
  std::string changed = kBad;
  changed.replace(changed.find("king"), 4, "boy ");
  Overwrite(folder_ + "/golden.jsonl", changed);
  EXPECT_THAT(Open(), IsStatus(StatusCode::kDataLoss,
                               StartsWith(folder_ + "/golden.jsonl: has ")));
  std::filesystem::remove(folder_ + "/golden.jsonl");
  EXPECT_THAT(Open(), IsStatus(StatusCode::kNotFound,
                               StartsWith(folder_ + "/golden.jsonl: ")));
}

TEST_F(OpenCheckedVersionTest, CanBeCancelledBetweenQueries) {
  Seal(absl::StrCat(kGood, "\n", kGood, "\n"));
  int calls = 0;
  uint64_t last = 0;
  ASSERT_THAT(Open([&](uint64_t bytes, uint64_t of) {
                ++calls;
                EXPECT_LE(last, bytes);
                EXPECT_LE(bytes, of);
                last = bytes;
                return true;
              }),
              IsOk());
  EXPECT_EQ(calls, 4);  // two tables, two queries
  for (int until = 1; until <= calls; ++until) {
    int seen = 0;
    EXPECT_THAT(Open([&](uint64_t, uint64_t) { return ++seen < until; }),
                IsStatus(StatusCode::kCancelled));
    EXPECT_EQ(seen, until);
  }
}

}  // namespace
}  // namespace akin
