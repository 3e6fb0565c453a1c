#include "server/log/call_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace akin::server {
namespace {

using ::testing::MatchesRegex;

constexpr char kTrace[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(IsRequestId, IsOneToAHundredAndTwentyEightVisibleCharacters) {
  for (const std::string& good :
       {std::string("a"), std::string("7f3-\"{}~!"), std::string(128, 'x')}) {
    EXPECT_TRUE(IsRequestId(good)) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string(129, 'x'), std::string("a b"),
        std::string("a\n"), std::string("a\0b", 3), std::string("gr\xC3\xBC"),
        std::string("\x7f")}) {
    EXPECT_FALSE(IsRequestId(bad)) << bad;
  }
}

TEST(IsTraceparent, IsAsTheRecommendationSays) {
  EXPECT_TRUE(IsTraceparent(kTrace));
  // A later version may say more.
  EXPECT_TRUE(
      IsTraceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_TRUE(IsTraceparent(
      "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what"));
}

TEST(IsTraceparent, NothingElseIs) {
  for (const std::string& bad :
       {std::string(), std::string("00"), std::string(5000, '='),
        absl::StrCat(kTrace, "-more"),  // of version 00
        absl::StrCat(kTrace, "x"), std::string(kTrace).substr(0, 54),
        std::string("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        std::string("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x"),
        std::string("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
        std::string("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"),
        std::string("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"),
        std::string("00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01"),
        std::string("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        std::string("00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01"),
        std::string("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01"),
        std::string("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0 "),
        absl::StrCat("cc", std::string(kTrace).substr(2), "-",
                     std::string(200, 'x'))}) {
    EXPECT_FALSE(IsTraceparent(bad)) << bad;
  }
}

TEST(TraceFrom, KeepsWhatIsGoodAndReplacesTheRest) {
  CallTrace trace = TraceFrom("mine", kTrace);
  EXPECT_EQ(trace.request_id, "mine");
  EXPECT_EQ(trace.traceparent, kTrace);
  for (const char* id : {"", "two words"}) {
    trace = TraceFrom(id, "nonsense");
    EXPECT_THAT(trace.request_id, MatchesRegex("[0-9a-f]{16}"));
    EXPECT_EQ(trace.traceparent, "");
  }
}

TEST(NewRequestId, IsAnotherInEveryCallAndThread) {
  constexpr int kThreads = 4;
  std::vector<std::vector<std::string>> ids(kThreads);
  std::vector<std::thread> threads;
  for (auto& mine : ids) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 1000; ++i) mine.push_back(NewRequestId());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> distinct;
  for (const auto& mine : ids) distinct.insert(mine.begin(), mine.end());
  EXPECT_EQ(distinct.size(), 4000u);
}

}  // namespace
}  // namespace akin::server
