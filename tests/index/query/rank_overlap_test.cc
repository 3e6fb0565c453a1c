#include "index/query/rank_overlap.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace akin {
namespace {

using Ids = std::vector<absl::string_view>;

// One id a letter.
Ids Letters(absl::string_view letters) {
  Ids ids;
  for (size_t i = 0; i < letters.size(); ++i)
    ids.push_back(letters.substr(i, 1));
  return ids;
}

double OverlapOf(absl::string_view a, absl::string_view b) {
  const double overlap = Overlap(Letters(a), Letters(b));
  EXPECT_EQ(overlap, Overlap(Letters(b), Letters(a)));
  return overlap;
}

// Checks that it is symmetric, too.
double RankBiased(absl::string_view a, absl::string_view b,
                  double persistence = 0.9) {
  const double overlap = RankBiasedOverlap(Letters(a), Letters(b), persistence);
  EXPECT_EQ(overlap, RankBiasedOverlap(Letters(b), Letters(a), persistence));
  return overlap;
}

TEST(OverlapTest, IsOfTheLongerAnswer) {
  EXPECT_EQ(OverlapOf("abcd", "abcd"), 1);
  EXPECT_EQ(OverlapOf("abcd", "dcba"), 1);
  EXPECT_EQ(OverlapOf("abcd", "efgh"), 0);
  EXPECT_EQ(OverlapOf("abcd", "efga"), 0.25);
  EXPECT_EQ(OverlapOf("ab", "abcd"), 0.5);
  EXPECT_EQ(OverlapOf("", "abcd"), 0);
  EXPECT_EQ(OverlapOf("", ""), 1);
}

TEST(RankBiasedOverlapTest, IsOneOfEqualListsAndZeroOfDisjointOnes) {
  EXPECT_EQ(RankBiased("abcdefghij", "abcdefghij"), 1);
  EXPECT_EQ(RankBiased("a", "a"), 1);
  EXPECT_EQ(RankBiased("", ""), 1);
  EXPECT_EQ(RankBiased("abcde", "fghij"), 0);
  EXPECT_EQ(RankBiased("a", "fghij"), 0);
  EXPECT_EQ(RankBiased("", "a"), 0);
}

TEST(RankBiasedOverlapTest, IsAsComputedByHand) {
  // Agreement 0, 1: (0.1 / 0.9) (0.81) + 0.81.
  EXPECT_NEAR(RankBiased("ab", "ba"), 0.9, 1e-12);
  // Agreement 1, 1/2, 1: (0.1 / 0.9) (0.9 + 0.405 + 0.729) + 0.729.
  EXPECT_NEAR(RankBiased("abc", "acb"), 0.955, 1e-12);
  // Agreement 1, 1/2: (0.1 / 0.9) (0.9 + 0.405) + 0.405.
  EXPECT_NEAR(RankBiased("ab", "ac"), 0.55, 1e-12);
  EXPECT_NEAR(RankBiased("ab", "ba", 0.5), 0.5, 1e-12);
}

TEST(RankBiasedOverlapTest, HandlesUnevenLengthsAsComputedByHand) {
  // s = 1, l = 2, X = 0, 1: (0.1 / 0.9) (0.405) + (1 / 2) 0.81.
  EXPECT_NEAR(RankBiased("a", "ba"), 0.45, 1e-12);
  // s = 2, l = 4, X = 1, 1, 2, 2: the first sum is 0.9 + 0.405 + 0.486 +
  // 0.32805, the second 0.1215 + 0.164025, the end (1 / 4 + 1 / 2) 0.6561.
  EXPECT_NEAR(RankBiased("ac", "abcd"), 0.75925, 1e-12);
  // A list agrees with what it begins, as far as anybody can see.
  EXPECT_NEAR(RankBiased("abc", "abcdefg"), 1, 1e-12);
}

TEST(RankBiasedOverlapTest, TheFirstRanksCountMost) {
  const std::string before = "abcdefghij";
  std::string first = before;
  std::swap(first[0], first[1]);
  std::string last = before;
  std::swap(last[8], last[9]);
  EXPECT_LT(RankBiased(before, first), RankBiased(before, last));
  EXPECT_LT(RankBiased(before, last), 1);
  EXPECT_EQ(OverlapOf(before, first), OverlapOf(before, last));
}

TEST(RankBiasedOverlapTest, StaysWithinZeroAndOne) {
  const std::string all = "abcdefghijklmnopqrstuvwxyz";
  for (size_t i = 0; i <= all.size(); ++i) {
    for (size_t j = 0; j <= all.size(); ++j) {
      const double overlap = RankBiased(all.substr(0, i), all.substr(j));
      EXPECT_GE(overlap, 0);
      EXPECT_LE(overlap, 1);
    }
  }
}

}  // namespace
}  // namespace akin
