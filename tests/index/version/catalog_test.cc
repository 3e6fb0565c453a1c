#include "index/version/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Catalog, PinsByNumberLabelOrStable) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(catalog.Publish(RoyalVersion(3)), IsOk());
  EXPECT_EQ((*catalog.Pin("royal", std::monostate{}))->number(), 3);
  EXPECT_EQ((*catalog.Pin("royal", absl::string_view("stable")))->number(), 3);
  EXPECT_EQ((*catalog.Pin("royal", int64_t{1}))->number(), 1);
}

TEST(Catalog, SaysWhatDoesNotExist) {
  Catalog catalog;
  EXPECT_THAT(catalog.Pin("royal", std::monostate{}),
              IsStatus(StatusCode::kNotFound,
                       "model \"royal\" does not exist in this server"));
  ASSERT_THAT(catalog.Publish(RoyalVersion(3)), IsOk());
  EXPECT_THAT(
      catalog.Pin("roya", std::monostate{}),
      IsStatus(StatusCode::kNotFound, HasSubstr("did you mean \"royal\"")));
  EXPECT_THAT(catalog.Pin("royal", int64_t{4}),
              IsStatus(StatusCode::kNotFound, HasSubstr("which has 3")));
  EXPECT_THAT(catalog.Pin("royal", absl::string_view("canary")),
              IsStatus(StatusCode::kNotFound, HasSubstr("which has stable")));
  EXPECT_THAT(catalog.Find("x"), IsStatus(StatusCode::kNotFound, testing::_));
}

TEST(Catalog, DoesNotEchoNamesOfAnyLength) {
  Catalog catalog;
  EXPECT_THAT(catalog.Pin(std::string(3000, 'x'), std::monostate{}),
              IsStatus(StatusCode::kInvalidArgument,
                       "model name has 3000 bytes, expected at most 512"));
}

TEST(Catalog, RefusesAVersionTwice) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1)), IsOk());
  EXPECT_THAT(catalog.Publish(RoyalVersion(1)),
              IsStatus(StatusCode::kAlreadyExists, HasSubstr("version 1")));
}

TEST(Catalog, ListsNewestFirstWithLabels) {
  Catalog catalog;
  for (const int64_t number : {2, 5, 3}) {
    ASSERT_THAT(catalog.Publish(RoyalVersion(number)), IsOk());
  }
  const auto models = catalog.List();
  ASSERT_EQ(models.size(), 1u);
  std::vector<int64_t> numbers;
  for (const auto& version : models[0].versions) {
    numbers.push_back(version->number());
  }
  EXPECT_THAT(models[0].labels,
              ElementsAre(testing::Pair("stable", LabelTarget{3})));
  EXPECT_THAT(numbers, ElementsAre(5, 3, 2));
}

TEST(Catalog, RelabelsAllOrNothing) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(catalog.Publish(RoyalVersion(2), {"canary"}), IsOk());
  EXPECT_EQ((*catalog.Pin("royal", {}))->number(), 1);
  EXPECT_EQ((*catalog.Pin("royal", absl::string_view("canary")))->number(), 2);
  ASSERT_THAT(catalog.Relabel("royal", {{"stable", {2}}, {"old", {1}}}),
              IsOk());
  EXPECT_EQ((*catalog.Pin("royal", {}))->number(), 2);
  EXPECT_THAT(catalog.Pin("royal", absl::string_view("canary")),
              IsStatus(StatusCode::kNotFound, HasSubstr("which has old")));
  EXPECT_THAT(catalog.Relabel("royal", {{"stable", {1}}, {"next", {3}}}),
              IsStatus(StatusCode::kNotFound, HasSubstr("version \"3\"")));
  EXPECT_EQ((*catalog.Pin("royal", {}))->number(), 2);
  EXPECT_THAT(catalog.Relabel("other", {}), IsStatus(StatusCode::kNotFound));
}

TEST(Catalog, AShareOfTheRoutingKeysIsTheCanarys) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(catalog.Publish(RoyalVersion(2), {}), IsOk());
  const auto canaries = [&](double share) {
    EXPECT_THAT(
        catalog.Relabel("royal", {{"stable", {1}}, {"canary", {2, share}}}),
        IsOk());
    std::set<std::string> keys;
    for (int i = 0; i < 10'000; ++i) {
      const std::string key = absl::StrCat("user-", i);
      if ((*catalog.Pin("royal", RoutingKey{key}))->number() == 2) {
        keys.insert(key);
      }
    }
    return keys;
  };
  EXPECT_EQ(canaries(0).size(), 0u);
  EXPECT_EQ(canaries(1).size(), 10'000u);
  const auto tenth = canaries(0.1);
  // Five standard deviations of a fair draw.
  EXPECT_NEAR(static_cast<double>(tenth.size()), 1000, 150);
  const auto fifth = canaries(0.2);
  EXPECT_TRUE(
      std::includes(fifth.begin(), fifth.end(), tenth.begin(), tenth.end()))
      << "a larger share takes no key away";
  // Who names no key, or says what he wants, is not drawn.
  EXPECT_EQ((*catalog.Pin("royal", {}))->number(), 1);
  EXPECT_EQ((*catalog.Pin("royal", absl::string_view("stable")))->number(), 1);
}

TEST(Catalog, OnlyWhatStableAnswersHasAShadow) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(catalog.Publish(RoyalVersion(2), {"canary"}), IsOk());
  ShadowChoice shadow;
  ASSERT_THAT(catalog.Pin("royal", {}, &shadow), IsOk());
  EXPECT_EQ(shadow.version, nullptr);
  ASSERT_THAT(
      catalog.Relabel("royal", {{"stable", {1}}, {"canary", {2, 0, 0.5}}}),
      IsOk());
  ASSERT_THAT(catalog.Pin("royal", int64_t{1}, &shadow), IsOk());
  EXPECT_EQ(shadow.version, nullptr);
  ASSERT_THAT(catalog.Pin("royal", RoutingKey{"u1"}, &shadow), IsOk());
  ASSERT_NE(shadow.version, nullptr);
  EXPECT_EQ(shadow.version->number(), 2);
  EXPECT_EQ(shadow.share, 0.5);
}

TEST(Catalog, RetiresWhatHasNoLabel) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1)), IsOk());
  ASSERT_THAT(catalog.Publish(RoyalVersion(2)), IsOk());
  EXPECT_THAT(catalog.Retire("royal", 2),
              IsStatus(StatusCode::kFailedPrecondition,
                       "version 2 of model royal has the label stable"));
  EXPECT_THAT(catalog.Retire("royal", 3), IsStatus(StatusCode::kNotFound));
  EXPECT_THAT(catalog.Retire("loyal", 2), IsStatus(StatusCode::kNotFound));
  const auto pinned = *catalog.Pin("royal", int64_t{1});
  const auto retired = catalog.Retire("royal", 1);
  ASSERT_THAT(retired, IsOk());
  EXPECT_EQ(*retired, pinned);
  EXPECT_THAT(catalog.Pin("royal", int64_t{1}),
              IsStatus(StatusCode::kNotFound, HasSubstr("which has 2")));
  EXPECT_THAT(catalog.Retire("royal", 1), IsStatus(StatusCode::kNotFound));
  // It may come back.
  EXPECT_THAT(catalog.Publish(*retired, {}), IsOk());
  EXPECT_EQ((*catalog.Pin("royal", {}))->number(), 2);
}

TEST(Catalog, AModelGoesWithItsLastVersion) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1), {}), IsOk());
  EXPECT_THAT(catalog.Pin("royal", {}),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"stable\"")));
  auto retired = catalog.Retire("royal", 1);
  ASSERT_THAT(retired, IsOk());
  EXPECT_THAT(catalog.List(), testing::IsEmpty());
  EXPECT_THAT(catalog.Find("royal"),
              IsStatus(StatusCode::kNotFound, HasSubstr("\"royal\"")));
  // The catalog keeps nothing of it, in no shard.
  EXPECT_EQ(retired->use_count(), 1);
}

TEST(Catalog, ACanaryWithoutStableAnswersItsShareOnly) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1), {"canary"}), IsOk());
  ASSERT_THAT(catalog.Relabel("royal", {{"canary", {1, 1, 1}}}), IsOk());
  ShadowChoice shadow;
  EXPECT_EQ((*catalog.Pin("royal", RoutingKey{"u"}, &shadow))->number(), 1);
  EXPECT_EQ(shadow.version, nullptr) << "it is not asked what it answered";
  EXPECT_THAT(catalog.Pin("royal", {}, &shadow),
              IsStatus(StatusCode::kNotFound, HasSubstr("which has canary")));
}

TEST(Catalog, AReaderSeesOneWholeVersionWhileOthersAppear) {
  Catalog catalog;
  ASSERT_THAT(catalog.Publish(RoyalVersion(1)), IsOk());
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  readers.reserve(2);
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      int64_t last = 0;
      while (!done) {
        const auto version = *catalog.Pin("royal", std::monostate{});
        EXPECT_GE(version->number(), last);
        EXPECT_THAT(version->FindTable("words"), IsOk());
        EXPECT_THAT(version->FindTable("people"), IsOk());
        last = version->number();
      }
    });
  }
  for (int64_t number = 2; number < 60; ++number) {
    ASSERT_THAT(catalog.Publish(RoyalVersion(number)), IsOk());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace akin
