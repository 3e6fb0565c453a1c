// What a load takes, and what does not fit (VersionKeeper).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/version/manifest.h"
#include "index/version/sealed_version.h"
#include "tests/server/version_states_fixture.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using VersionPlansTest = VersionStatesFixture;

TEST_F(VersionPlansTest, WhatDoesNotFitIsRefusedUnlessByForce) {
  Seal(1);
  std::atomic<uint64_t> available{uint64_t{1} << 40};
  VersionKeeper::Options options = Options();
  options.available_memory = [&] { return available.load(); };
  VersionKeeper keeper(options, &catalog_);
  Look(&keeper);
  available = 1 << 20;
  Seal(2);
  for (int i = 0; i < 3; ++i) {
    Look(&keeper);
    available += 1000;  // it differs every time
  }
  EXPECT_THAT(Served(), ElementsAre(1));
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_THAT(errors_[0],
              AllOf(HasSubstr("version 2 of model m cannot be loaded"),
                    HasSubstr("needs 16 MiB while it is loaded, 1 MiB are "
                              "available")));
  EXPECT_EQ(StateOf(keeper, 2), VersionState::kFailed);
  EXPECT_THAT(keeper.RequestLoad("m", 2, false),
              IsStatus(StatusCode::kResourceExhausted,
                       HasSubstr("needs 16 MiB while it is loaded")));
  EXPECT_FALSE(keeper.TakeWish());
  EXPECT_EQ(StateOf(keeper, 2), VersionState::kFailed) << "it stays known";
  EXPECT_FALSE(keeper.Plan("m", 2)->fits());
  // What is there needs no memory.
  EXPECT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
  ASSERT_THAT(keeper.RequestLoad("m", 2, true), IsOk());
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(2, 1));
  Seal(3);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(2, 1)) << "force was for 2";
  available = uint64_t{1} << 40;
  Look(&keeper);
  EXPECT_EQ(Served().front(), 3) << "when there is memory";
}

TEST_F(VersionPlansTest, APlanSaysWhatALoadTakes) {
  Seal(1);
  Seal(2);
  VersionKeeper::Options options = Options();
  options.available_memory = [] { return uint64_t{1} << 30; };
  VersionKeeper keeper(options, &catalog_);
  auto plan = keeper.Plan("m", 0);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->version, 2);
  EXPECT_EQ(plan->resident_bytes, 0u);
  EXPECT_EQ(plan->state, VersionState::kSealed);
  EXPECT_EQ(plan->available_bytes, uint64_t{1} << 30);
  EXPECT_GT(plan->peak_bytes, plan->version_bytes);
  EXPECT_TRUE(plan->fits());
  EXPECT_GT(plan->seconds, 0);
  Look(&keeper);
  const auto loaded = *catalog_.Pin("m", {});
  EXPECT_EQ(plan->version_bytes, loaded->memory_bytes())
      << "what the manifest promised";
  plan = keeper.Plan("m", 2);
  EXPECT_EQ(plan->state, VersionState::kAvailable);
  EXPECT_EQ(plan->resident_bytes, loaded->memory_bytes());
  EXPECT_THAT(plan->retires, IsEmpty());
  EXPECT_THAT(keeper.Plan("m", 3), IsStatus(StatusCode::kNotFound));
}

TEST_F(VersionPlansTest, APlanSaysWhatWouldBeLetGo) {
  const auto check = [&](size_t keep, bool by_label) {
    Catalog catalog;
    VersionKeeper keeper(Options(keep), &catalog);
    Look(&keeper);
    for (int i = 0; i < 4; ++i) {
      const int64_t next = ServedBy(catalog).front() + 1;
      Seal(next);
      if (by_label) {
        WriteLabels(absl::StrCat("{\"labels\": {\"stable\": {\"version\": ",
                                 ServedBy(catalog).back(), "}}}"));
        Look(&keeper);
        Seal(next + 1);
      }
      const int64_t latest = by_label ? next + 1 : next;
      const std::vector<int64_t> before = ServedBy(catalog);
      const auto plan = keeper.Plan("m", latest);
      ASSERT_THAT(plan, IsOk());
      Look(&keeper);
      std::vector<int64_t> gone;
      for (const int64_t number : before) {
        if (!catalog.Pin("m", number).ok()) gone.push_back(number);
      }
      EXPECT_EQ(plan->retires, gone)
          << "keep " << keep << ", latest " << latest;
    }
  };
  Seal(1);
  check(/*keep=*/1, /*by_label=*/false);
  check(/*keep=*/3, /*by_label=*/false);
  check(/*keep=*/1, /*by_label=*/true);
  check(/*keep=*/2, /*by_label=*/true);
}

TEST_F(VersionPlansTest, AnEarlierVersionLetsNothingGo) {
  for (const int64_t number : {1, 2, 3}) {
    Seal(number);
  }
  VersionKeeper keeper(Options(/*keep=*/1), &catalog_);
  Look(&keeper);
  EXPECT_THAT(keeper.Plan("m", 1)->retires, IsEmpty());
}

TEST_F(VersionPlansTest, AManifestThatCannotBeReadIsNoPlan) {
  Seal(1);
  dir_.Write("repo/m/1/MANIFEST.json", "{");
  VersionKeeper keeper(Options(), &catalog_);
  EXPECT_THAT(keeper.Plan("m", 1), IsStatus(StatusCode::kDataLoss));
  EXPECT_THAT(keeper.RequestLoad("m", 1, false), IsOk());
  Look(&keeper);
  EXPECT_EQ(StateOf(keeper, 1), VersionState::kFailed);
}

TEST_F(VersionPlansTest, WhatAManifestPromisesDoesNotOverflow) {
  Seal(1);
  auto manifest = ReadManifest(VersionFolder(repository_, "m", 1));
  ASSERT_THAT(manifest, IsOk());
  for (TableManifest& table : manifest->tables) table.memory_bytes = UINT64_MAX;
  dir_.Write("repo/m/1/MANIFEST.json", FormatManifest(*manifest));
  VersionKeeper keeper(Options(), &catalog_);
  const auto plan = keeper.Plan("m", 1);
  ASSERT_THAT(plan, IsOk());
  EXPECT_FALSE(plan->fits());
  EXPECT_GT(plan->version_bytes, uint64_t{1} << 50);
  EXPECT_GT(plan->peak_bytes, plan->version_bytes);
}

TEST_F(VersionPlansTest, WhatStaysInItsFilesFitsAlways) {
  Seal(1);
  VersionKeeper::Options options = Options();
  options.available_memory = [] { return uint64_t{1}; };
  options.map_files = true;
  VersionKeeper keeper(options, &catalog_);
  Look(&keeper);
  EXPECT_THAT(Served(), ElementsAre(1));
  Seal(2);
  EXPECT_THAT(keeper.RequestLoad("m", 2, false), IsOk());
  EXPECT_TRUE(keeper.Plan("m", 2)->fits());
}

}  // namespace
}  // namespace akin::server
