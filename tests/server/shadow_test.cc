#include "server/shadow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

v1::SearchRequest Request(const std::string& id) {
  v1::SearchRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.mutable_query()->mutable_id()->set_id(id);
  request.mutable_options()->set_k(2);
  return request;
}

// What version `number` is said to have answered.
v1::SearchResponse Response(int64_t number, std::vector<std::string> ids) {
  v1::SearchResponse response;
  response.set_version(number);
  for (const std::string& id : ids) response.add_hits()->set_id(id);
  return response;
}

// Waits until each of `offered` is accounted for.
ShadowResult ResultOf(const Shadow& shadow, uint64_t offered) {
  for (;;) {
    const ShadowResult result = shadow.Of("royal");
    if (result.queries + result.failed + result.skipped >= offered) {
      return result;
    }
    std::this_thread::yield();
  }
}

TEST(Shadow, IsDueForItsShare) {
  const auto version = RoyalVersion(2);
  EXPECT_FALSE(Shadow::IsDue({}));
  EXPECT_FALSE(Shadow::IsDue({nullptr, 1}));
  EXPECT_FALSE(Shadow::IsDue({version, 0}));
  EXPECT_TRUE(Shadow::IsDue({version, 1}));
  int due = 0;
  for (int i = 0; i < 10'000; ++i) due += Shadow::IsDue({version, 0.1}) ? 1 : 0;
  EXPECT_NEAR(due, 1000, 200);
}

TEST(Shadow, ComparesTheSetsOfIds) {
  Shadow shadow;
  // The two nearest of king are man and crown, in whatever order.
  shadow.Offer(RoyalVersion(2), Request("king"), Response(1, {"crown", "man"}));
  ShadowResult result = ResultOf(shadow, 1);
  EXPECT_EQ(result.stable, 1);
  EXPECT_EQ(result.canary, 2);
  EXPECT_EQ(result.queries, 1u);
  EXPECT_EQ(result.overlap_sum, 1);
  shadow.Offer(RoyalVersion(2), Request("king"), Response(1, {"man", "girl"}));
  result = ResultOf(shadow, 2);
  EXPECT_EQ(result.overlap_sum, 1.5);
  // Of the longer one.
  shadow.Offer(RoyalVersion(2), Request("king"), Response(1, {"man"}));
  EXPECT_EQ(ResultOf(shadow, 3).overlap_sum, 2);
  shadow.Offer(RoyalVersion(2), Request("king"), Response(1, {}));
  result = ResultOf(shadow, 4);
  EXPECT_EQ(result.overlap_sum, 2);
  EXPECT_EQ(result.queries, 4u);
  EXPECT_EQ(result.failed, 0u);
}

TEST(Shadow, CountsWhatOnlyTheCanaryCannotAnswer) {
  Shadow shadow;
  shadow.Offer(RoyalVersion(2), Request("emperor"), Response(1, {"man"}));
  v1::SearchRequest request = Request("king");
  request.set_table("gone");
  shadow.Offer(RoyalVersion(2), request, Response(1, {"man"}));
  const ShadowResult result = ResultOf(shadow, 2);
  EXPECT_EQ(result.failed, 2u);
  EXPECT_EQ(result.queries, 0u);
}

TEST(Shadow, BeginsAnewForOtherVersions) {
  Shadow shadow;
  EXPECT_EQ(shadow.Of("royal").queries, 0u);
  shadow.Offer(RoyalVersion(2), Request("king"), Response(1, {"man"}));
  EXPECT_EQ(ResultOf(shadow, 1).queries, 1u);
  shadow.Offer(RoyalVersion(3), Request("king"), Response(1, {"man"}));
  ShadowResult result = ResultOf(shadow, 1);
  EXPECT_EQ(result.canary, 3);
  EXPECT_EQ(result.queries, 1u);
  shadow.Offer(RoyalVersion(3), Request("king"), Response(2, {"man"}));
  result = ResultOf(shadow, 1);
  EXPECT_EQ(result.stable, 2);
  EXPECT_EQ(result.queries, 1u);
  EXPECT_EQ(shadow.Of("other").canary, 0) << "another model";
}

TEST(Shadow, KeepsNoVersionWhenItIsDone) {
  auto canary = RoyalVersion(2);
  const std::weak_ptr<const Version> there = canary;
  {
    Shadow shadow;
    shadow.Offer(std::move(canary), Request("king"), Response(1, {"man"}));
  }
  EXPECT_TRUE(there.expired());
}

TEST(Shadow, WhatIsLargeIsSkippedUnasked) {
  Shadow shadow;
  v1::SearchRequest request = Request("king");
  for (int i = 0; i < 3000; ++i) {
    request.mutable_options()->add_exclude_ids(
        absl::StrCat(i, std::string(500, 'x')));
  }
  shadow.Offer(RoyalVersion(2), request, Response(1, {"man"}));
  const ShadowResult result = shadow.Of("royal");
  EXPECT_EQ(result.skipped, 1u);
  EXPECT_EQ(result.queries, 0u);
}

TEST(Shadow, EveryOfferIsAccountedForWhileItCannotKeepUp) {
  Shadow shadow;
  constexpr int kThreads = 3;
  constexpr int kEach = 300;
  const auto canary = RoyalVersion(2);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        shadow.Offer(canary, Request("king"), Response(1, {"man", "crown"}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const ShadowResult result = ResultOf(shadow, kThreads * kEach);
  EXPECT_EQ(result.queries + result.skipped, uint64_t{kThreads * kEach});
  EXPECT_EQ(result.overlap_sum, static_cast<double>(result.queries));
}

}  // namespace
}  // namespace akin::server
