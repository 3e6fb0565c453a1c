#include "index/kernels/count_bits.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <vector>

namespace akin {
namespace {

// Of every length around a vector's, and beginning anywhere.
TEST(CountBits, IsTheSumOfAllWords) {
  std::mt19937_64 random(1);
  std::vector<uint64_t> words(200);
  for (uint64_t& word : words) word = random() & random();
  words[3] = ~uint64_t{0};
  words[7] = 0;
  for (size_t begin = 0; begin < 9; ++begin) {
    size_t expected = 0;
    for (size_t count = 0; begin + count < words.size(); ++count) {
      EXPECT_EQ(CountBits(words.data() + begin, count), expected)
          << count << " words from " << begin;
      expected += static_cast<size_t>(std::popcount(words[begin + count]));
    }
  }
}

}  // namespace
}  // namespace akin
