#include "index/table/id_map.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
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

TEST(IdMap, FindsIdsThatDifferInCaseOnly) {
  IdMap map;
  for (const char* id : {"Paris", "PARIS", "paris", "Rome", "ROME", "ÉCOLE",
                         "Москва", "2\u212A"}) {
    map.Add(id);
  }
  // The same id before the first row.
  EXPECT_EQ(map.FindFolded("PARIS"), 1u);
  EXPECT_EQ(map.FindFolded("paris"), 2u);
  EXPECT_EQ(map.FindFolded("pARIS"), 0u);
  EXPECT_EQ(map.FindFolded("rome"), 3u);
  EXPECT_EQ(map.FindFolded("école"), 5u);
  EXPECT_EQ(map.FindFolded("МОСКВА"), 6u);
  EXPECT_EQ(map.FindFolded("2K"), 7u);
  EXPECT_FALSE(map.FindFolded("ecole").has_value());
  EXPECT_FALSE(map.FindFolded("pari").has_value());
  EXPECT_FALSE(map.FindFolded("").has_value());
}

TEST(IdMap, AnIdWithoutCaseMayBeTheFirst) {
  IdMap map;
  map.Add("rome");
  map.Add("Rome");
  EXPECT_EQ(map.FindFolded("ROME"), 0u);
}

TEST(IdMap, FindsTheSameWithoutCaseAsAScan) {
  std::mt19937 random(3);
  const auto text = [&] {
    std::string made(1 + random() % 5, ' ');
    for (char& c : made) c = "abAB"[random() % 4];
    return made;
  };
  IdMap map;
  for (int i = 0; i < 300; ++i) map.Add(text());
  size_t folded = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = text();
    std::optional<uint32_t> expected = map.Find(id);
    for (uint32_t row = 0; row < map.size() && !expected; ++row) {
      if (!absl::EqualsIgnoreCase(map.Id(row), id)) continue;
      expected = row;
      ++folded;
    }
    EXPECT_EQ(map.FindFolded(id), expected) << id;
  }
  EXPECT_GT(folded, 50u);
}

TEST(IdMap, CaseCostsNothingUntilSomebodyAsks) {
  IdMap map;
  for (int i = 0; i < 1000; ++i) map.Add(absl::StrCat("Id", i));
  const size_t before = map.memory_bytes();
  EXPECT_EQ(map.FindFolded("Id7"), 7u);
  EXPECT_EQ(map.memory_bytes(), before);
  IdMap moved = std::move(map);
  EXPECT_EQ(moved.FindFolded("ID7"), 7u);
  EXPECT_EQ(moved.memory_bytes(), before + 1000 * 8);
}

TEST(IdMap, ManyMayAskAtOnce) {
  IdMap map;
  for (int i = 0; i < 10'000; ++i) map.Add(absl::StrCat("Id", i));
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&map, thread] {
      EXPECT_EQ(map.FindFolded(absl::StrCat("iD", thread)), thread);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace akin
