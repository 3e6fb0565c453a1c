#include "tests/bench/versions/swap_answers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace akin::bench {
namespace {

constexpr size_t kItems = 1000;

AnswerFault Fault(int64_t version, size_t user,
                  const std::vector<std::string>& ids) {
  return FaultOf(version, user, kItems,
                 std::vector<absl::string_view>(ids.begin(), ids.end()));
}

TEST(PartnerOfTest, DiffersBetweenTheRunsAndIsAnItem) {
  for (const size_t items : {2, 3, 1000, 7919}) {
    for (size_t user = 0; user < 2000; ++user) {
      const size_t one = PartnerOf(user, 1, items);
      const size_t two = PartnerOf(user, 2, items);
      ASSERT_NE(one, two);
      ASSERT_LT(one, items);
      ASSERT_LT(two, items);
    }
  }
}

TEST(FaultOfTest, AnAnswerOfOneVersionIsGood) {
  for (const int64_t version : {1, 2, 7, 8}) {
    const int run = RunOfVersion(version);
    EXPECT_EQ(run, version % 2 == 1 ? 1 : 2);
    EXPECT_EQ(Fault(version, 5,
                    {SwapItemId(PartnerOf(5, run, kItems), run),
                     SwapItemId(3, run), SwapItemId(4, run)}),
              AnswerFault::kNone);
    // A graph may miss the partner.
    EXPECT_EQ(Fault(version, 5, {SwapItemId(3, run)}), AnswerFault::kNone);
  }
}

TEST(FaultOfTest, IdsOfTwoVersionsAreMixed) {
  EXPECT_EQ(Fault(1, 5, {"i3-run1", "i4-run2"}), AnswerFault::kMixed);
  EXPECT_EQ(Fault(2, 5, {"i3-run1", "i4-run2"}), AnswerFault::kMixed);
}

TEST(FaultOfTest, TheUserOfOneVersionAmongItemsOfAnotherIsMixed) {
  EXPECT_EQ(Fault(1, 5, {SwapItemId(PartnerOf(5, 2, kItems), 1)}),
            AnswerFault::kMixed);
  EXPECT_EQ(Fault(2, 5, {SwapItemId(PartnerOf(5, 1, kItems), 2)}),
            AnswerFault::kMixed);
}

TEST(FaultOfTest, IdsOfAnotherVersionThanItSaysAreForeign) {
  EXPECT_EQ(Fault(2, 5, {"i3-run1", "i4-run1"}), AnswerFault::kForeign);
  EXPECT_EQ(Fault(3, 5, {"i3-run2"}), AnswerFault::kForeign);
}

TEST(FaultOfTest, WhatIsNoItemIsForeign) {
  EXPECT_EQ(Fault(1, 5, {}), AnswerFault::kForeign);
  for (const std::string id : {"", "u5", "i3", "i3-", "i3-run", "ix-run1",
                               "i3-runx", "3-run1", "i3-run1x"}) {
    EXPECT_EQ(Fault(1, 5, {id}), AnswerFault::kForeign) << id;
    EXPECT_EQ(Fault(1, 5, {"i3-run1", id}), AnswerFault::kForeign) << id;
  }
}

}  // namespace
}  // namespace akin::bench
