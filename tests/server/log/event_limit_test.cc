#include "server/log/event_limit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace akin::server {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

class EventLimitTest : public testing::Test {
 protected:
  // How many of `times` at once are allowed.
  int Allowed(const std::string& event, int times) {
    int allowed = 0;
    for (int i = 0; i < times; ++i) {
      uint64_t left_out = 0;
      if (!limit_.Allow(event, now_, &left_out)) continue;
      ++allowed;
      left_out_ += left_out;
    }
    return allowed;
  }

  absl::Time now_ = kStart;
  uint64_t left_out_ = 0;
  EventLimit limit_{{.per_second = 10, .burst = 20}};
};

TEST_F(EventLimitTest, AllowsABurstAndThenSoManyASecond) {
  EXPECT_EQ(Allowed("a", 100), 20);
  EXPECT_EQ(left_out_, 0u);
  now_ += absl::Milliseconds(50);
  EXPECT_EQ(Allowed("a", 100), 0);
  now_ += absl::Milliseconds(950);
  EXPECT_EQ(Allowed("a", 100), 10);
  EXPECT_EQ(left_out_, 180u);  // 80 + 100, said with the first of the 10
  now_ += absl::Hours(1);
  EXPECT_EQ(Allowed("a", 100), 20);
  EXPECT_EQ(left_out_, 180u + 90);
}

TEST_F(EventLimitTest, EventsDoNotTakeFromEachOther) {
  EXPECT_EQ(Allowed("a", 100), 20);
  EXPECT_EQ(Allowed("b", 5), 5);
}

TEST_F(EventLimitTest, AClockThatStepsBackGrantsNothing) {
  EXPECT_EQ(Allowed("a", 20), 20);
  now_ -= absl::Hours(1);
  EXPECT_EQ(Allowed("a", 5), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(Allowed("a", 50), 10);
}

TEST_F(EventLimitTest, SaysWhatWasLeftOutAndDidNotComeAgain) {
  EXPECT_EQ(Allowed("b", 23), 20);
  EXPECT_EQ(Allowed("a", 21), 20);
  EXPECT_TRUE(limit_.TakeLeftOut(now_).empty());  // they may yet come again
  now_ += absl::Seconds(1);
  const auto taken = limit_.TakeLeftOut(now_);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].event, "a");
  EXPECT_EQ(taken[0].count, 1u);
  EXPECT_EQ(taken[1].event, "b");
  EXPECT_EQ(taken[1].count, 3u);
  EXPECT_TRUE(limit_.TakeLeftOut(now_).empty());
  EXPECT_EQ(Allowed("a", 1), 1);
  EXPECT_EQ(left_out_, 0u);
}

// Else every line of an event that comes a little too often would bring one
// more.
TEST_F(EventLimitTest, SaysItOnceASecond) {
  EXPECT_EQ(Allowed("a", 20), 20);
  int said = 0;
  uint64_t left_out_in_all = 0;
  for (int i = 0; i < 100; ++i) {  // 50 a second, 10 of them allowed
    now_ += absl::Milliseconds(20);
    left_out_ = 0;
    Allowed("a", 1);
    for (const auto& left : limit_.TakeLeftOut(now_)) left_out_ += left.count;
    said += left_out_ > 0 ? 1 : 0;
    left_out_in_all += left_out_;
  }
  EXPECT_EQ(said, 2);
  EXPECT_GT(left_out_in_all, 30u);
  EXPECT_LE(left_out_in_all, 80u);
}

TEST_F(EventLimitTest, AtTheEndAllIsSaid) {
  EXPECT_EQ(Allowed("a", 25), 20);
  const auto taken = limit_.TakeLeftOut(now_, /*all=*/true);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].count, 5u);
}

TEST_F(EventLimitTest, EverNewEventsTakeNoMoreMemory) {
  for (size_t i = 0; i < EventLimit::kMostEvents; ++i) {
    EXPECT_EQ(Allowed(absl::StrCat("event ", i), 1), 1);
  }
  // All of those are new, so what follows shares one allowance.
  int allowed = 0;
  for (int i = 0; i < 1000; ++i)
    allowed += Allowed(absl::StrCat("more ", i), 1);
  EXPECT_EQ(allowed, 20);
  now_ += absl::Hours(1);  // and now they are forgotten
  EXPECT_EQ(Allowed("later", 100), 20);
}

}  // namespace
}  // namespace akin::server
