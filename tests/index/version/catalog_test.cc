#include "index/version/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

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
  for (const auto& published : models[0].versions) {
    numbers.push_back(published.version->number());
    EXPECT_EQ(published.labels.size(),
              published.version->number() == 3 ? 1u : 0u);
  }
  EXPECT_THAT(numbers, ElementsAre(5, 3, 2));
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
