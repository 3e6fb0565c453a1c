#include "index/table/number_index.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "absl/types/span.h"

namespace akin {
namespace {

// The numbers of some rows of a table.
template <class Number>
struct Column {
  size_t table_rows = 0;
  std::vector<Number> numbers;
  std::vector<uint32_t> rows;  // empty: all
};

template <class Number>
NumberIndex<Number> IndexOf(const Column<Number>& column) {
  return NumberIndex<Number>(column.numbers, column.rows, column.table_rows);
}

// One word in three has bits already, which stay.
std::vector<uint64_t> SomeBits(size_t table_rows) {
  std::vector<uint64_t> words((table_rows + 63) / 64);
  for (size_t i = 0; i < words.size(); i += 3) words[i] = 1;
  return words;
}

template <class Number>
void ExpectBetween(const Column<Number>& column,
                   const NumberIndex<Number>& index, Number low, Number high) {
  std::vector<uint64_t> expected = SomeBits(column.table_rows);
  std::vector<uint64_t> words = expected;
  for (size_t i = 0; i < column.numbers.size(); ++i) {
    if (column.numbers[i] < low || column.numbers[i] > high) continue;
    const size_t row = column.rows.empty() ? i : column.rows[i];
    expected[row / 64] |= uint64_t{1} << (row % 64);
  }
  index.AddBetween(low, high, column.rows, absl::MakeSpan(words));
  EXPECT_EQ(words, expected)
      << column.numbers.size() << " numbers of " << column.table_rows
      << " rows, " << low << " to " << high;
}

// Of every `nth` row, numbers below `distinct`.
Column<int64_t> RandomInts(size_t table_rows, size_t nth, int64_t distinct) {
  std::mt19937_64 random(table_rows + nth);
  Column<int64_t> column{table_rows, {}, {}};
  for (size_t row = 0; row < table_rows; row += nth) {
    column.numbers.push_back(
        static_cast<int64_t>(random() % static_cast<uint64_t>(distinct)));
    if (nth > 1) column.rows.push_back(static_cast<uint32_t>(row));
  }
  return column;
}

// 63 to 65 rows, 4095 to 4097: as many as stops, and 64 times as many.
TEST(NumberIndex, FindsEveryRange) {
  for (const size_t rows : {1, 2, 63, 64, 65, 127, 130}) {
    for (const size_t nth : {1, 2, 7, 100}) {
      const auto distinct = static_cast<int64_t>(rows);
      const Column<int64_t> column = RandomInts(rows, nth, distinct);
      const NumberIndex<int64_t> index = IndexOf(column);
      for (int64_t low = -1; low <= distinct; ++low) {
        for (int64_t high = -1; high <= distinct; ++high) {
          ExpectBetween(column, index, low, high);
        }
      }
    }
  }
}

// Every run that begins and ends around a stop: the numbers are the places.
TEST(NumberIndex, RangesEndAtBeforeAndBehindStops) {
  for (const size_t rows : {4095, 4096, 4097, 10'000}) {
    Column<int64_t> column{rows, {}, {}};
    for (size_t row = 0; row < rows; ++row) {
      column.numbers.push_back(
          static_cast<int64_t>(row * 4093 % rows));  // 4093 is prime
    }
    const NumberIndex<int64_t> index = IndexOf(column);
    const auto place = [&](size_t stop) {
      return static_cast<int64_t>(rows * stop / RowStops::kMost);
    };
    for (const size_t first : {0, 1, 2, 31, 62, 63, 64}) {
      for (const size_t last : {0, 1, 2, 32, 63, 64}) {
        for (int64_t i = -2; i <= 2; ++i) {
          for (int64_t j = -2; j <= 2; ++j) {
            ExpectBetween(column, index, place(first) + i, place(last) + j);
          }
        }
      }
    }
  }
}

TEST(NumberIndex, FewDistinctNumbersFillManyStops) {
  for (const size_t nth : {1, 3, 50, 1000}) {
    const Column<int64_t> column = RandomInts(20'000, nth, 5);
    const NumberIndex<int64_t> index = IndexOf(column);
    for (int64_t low = -1; low <= 5; ++low) {
      for (int64_t high = -1; high <= 5; ++high) {
        ExpectBetween(column, index, low, high);
      }
    }
  }
}

TEST(NumberIndex, RandomRangesOfRandomRows) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20; ++round) {
    const Column<int64_t> column =
        RandomInts(1 + random() % 20'000, 1 + random() % 5, 1'000'000);
    const NumberIndex<int64_t> index = IndexOf(column);
    for (int i = 0; i < 50; ++i) {
      const auto low = static_cast<int64_t>(random() % 1'000'000);
      const auto wide = static_cast<int64_t>(random() % 1'000'000);
      ExpectBetween(column, index, low, low + wide);
    }
  }
}

TEST(NumberIndex, EndsOfTheNumbers) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const Column<int64_t> ints{
      100, {kMost, 0, kLeast, kMost, -1}, {0, 5, 64, 98, 99}};
  const NumberIndex<int64_t> index = IndexOf(ints);
  for (const int64_t low : {kLeast, int64_t{-1}, int64_t{0}, kMost}) {
    for (const int64_t high : {kLeast, int64_t{-1}, int64_t{0}, kMost}) {
      ExpectBetween(ints, index, low, high);
    }
  }
  const double inf = std::numeric_limits<double>::infinity();
  const Column<double> floats{
      70, {-0.0, 0.0, 1e300, -1e300, 5e-324}, {1, 2, 3, 4, 69}};
  const NumberIndex<double> real = IndexOf(floats);
  for (const double low : {-inf, -1e300, -0.0, 0.0, 5e-324, 1e300, inf}) {
    for (const double high : {-inf, -1e300, -0.0, 0.0, 5e-324, 1e300, inf}) {
      ExpectBetween(floats, real, low, high);
    }
  }
}

TEST(NumberIndex, NoNumbers) {
  const Column<double> none{1000, {}, {}};
  ExpectBetween(none, IndexOf(none), -1.0, 1.0);
  const Column<double> of_no_table{0, {}, {}};
  ExpectBetween(of_no_table, IndexOf(of_no_table), -1.0, 1.0);
}

// What the header says of memory: 8 of the number, 4 of the list, 8 of stops.
TEST(NumberIndex, TakesNoMoreMemoryThanItSays) {
  for (const size_t nth : {1, 10, 63, 64, 65, 1000}) {
    const Column<int64_t> column = RandomInts(64 * 16, nth, 1000);
    const size_t bytes = IndexOf(column).memory_bytes();
    EXPECT_LE(bytes, column.numbers.size() * 20) << nth;
    EXPECT_GE(bytes, column.numbers.size() * 12) << nth;
  }
}

}  // namespace
}  // namespace akin
