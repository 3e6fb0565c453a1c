#include "index/table/id_map.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace akin {
namespace {

TEST(IdMap, FindsWhatWasAddedAndNothingElse) {
  IdMap map;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(map.Add(absl::StrCat("id", i)));
  EXPECT_EQ(map.size(), 10'000u);
  for (uint32_t i = 0; i < 10'000; ++i) {
    const std::string id = absl::StrCat("id", i);
    EXPECT_EQ(map.Find(id), i);
    EXPECT_EQ(map.Id(i), id);
  }
  EXPECT_FALSE(map.Find("id").has_value());
  EXPECT_FALSE(map.Find("").has_value());
}

TEST(IdMap, RefusesAnIdTwice) {
  IdMap map;
  EXPECT_TRUE(map.Add("a"));
  EXPECT_FALSE(map.Add("a"));
  EXPECT_EQ(map.size(), 1u);
}

TEST(IdMap, KeepsBytesAsTheyAre) {
  IdMap map;
  const std::string with_nul("a\0b", 3);
  EXPECT_TRUE(map.Add(with_nul));
  EXPECT_TRUE(map.Add("a"));
  EXPECT_TRUE(map.Add("\xF0\x9F\x91\x91"));
  EXPECT_EQ(map.Id(0), with_nul);
  EXPECT_EQ(map.Find("\xF0\x9F\x91\x91"), 2u);
}

TEST(IdMap, SurvivesAMove) {
  IdMap map;
  map.Add("first");
  IdMap moved = std::move(map);
  EXPECT_EQ(moved.Find("first"), 0u);
  EXPECT_TRUE(moved.Add("second"));
  moved.ShrinkToFit();
  EXPECT_EQ(moved.Id(1), "second");
}

TEST(IdMap, CostsLittleMoreThanItsBytes) {
  IdMap map;
  for (int i = 0; i < 100'000; ++i) map.Add(absl::StrCat(1'000'000 + i));
  map.ShrinkToFit();
  // 7 bytes of id, 8 of offset, 5 a slot of a table that is 7/8 full at best.
  EXPECT_LT(map.memory_bytes(), 100'000u * 28);
}

}  // namespace
}  // namespace akin
