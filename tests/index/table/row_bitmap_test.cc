#include "index/table/row_bitmap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace akin {
namespace {

// Of a table with `rows` rows.
void ExpectSame(size_t rows, std::vector<uint32_t> members) {
  std::shuffle(members.begin(), members.end(), std::mt19937(1));
  const RowBitmap bitmap(members);
  std::vector<uint64_t> expected((rows + 63) / 64);
  // What is there stays.
  for (size_t i = 0; i < expected.size(); i += 3) expected[i] = 1;
  std::vector<uint64_t> words = expected;
  for (const uint32_t row : members) {
    expected[row / 64] |= uint64_t{1} << (row % 64);
  }
  bitmap.AddTo(absl::MakeSpan(words));
  EXPECT_EQ(words, expected) << rows << " rows, " << members.size();
}

std::vector<uint32_t> Every(uint32_t nth, size_t rows) {
  std::vector<uint32_t> members;
  for (uint32_t row = 0; row < rows; row += nth) members.push_back(row);
  return members;
}

TEST(RowBitmap, HoldsArraysBitsetsAndRuns) {
  // Of one container, of a few and of many; ends in and between words.
  for (const size_t rows :
       {size_t{1}, size_t{64}, size_t{65}, size_t{65'535}, size_t{65'536},
        size_t{65'537}, size_t{200'000}, size_t{700'001}}) {
    for (const uint32_t nth : {1, 2, 3, 20, 70'000}) {
      ExpectSame(rows, Every(nth, rows));
    }
  }
}

TEST(RowBitmap, HoldsRunsWhereverTheyEnd) {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    constexpr size_t kRows = 150'000;
    std::vector<uint32_t> members;
    for (uint32_t row = random() % 1000; row < kRows;) {
      const uint32_t length = 1 + random() % 3000;
      for (uint32_t i = 0; i < length && row < kRows; ++i) {
        members.push_back(row++);
      }
      row += 1 + random() % 20'000;
    }
    ExpectSame(kRows, members);
  }
}

TEST(RowBitmap, HoldsAnyMixture) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    const size_t rows = 1 + random() % 400'000;
    std::vector<uint32_t> members;
    for (size_t begin = 0; begin < rows; begin += 65'536) {
      const double share = std::pow(0.5, random() % 12);
      const bool is_run = random() % 3 == 0;
      const size_t end = std::min(rows, begin + 65'536);
      for (size_t row = begin; row < end; ++row) {
        const bool in = is_run ? row - begin < share * 65'536
                               : random() % 4096 < share * 4096;
        if (in) members.push_back(static_cast<uint32_t>(row));
      }
    }
    ExpectSame(rows, members);
  }
}

TEST(RowBitmap, MayBeEmptyAndTakesARowTwice) {
  ExpectSame(100, {});
  ExpectSame(100, {7, 7, 99, 99, 0});
}

TEST(RowBitmap, RunsTakeNextToNothing) {
  EXPECT_LT(RowBitmap(Every(1, 1'000'000)).memory_bytes(), 500u);
  EXPECT_LT(RowBitmap(Every(2, 1'000'000)).memory_bytes(), 1'000'000u / 7);
}

}  // namespace
}  // namespace akin
