#include "index/search/top_k.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace akin {
namespace {

std::vector<Neighbor> Take(TopK* top) {
  std::vector<Neighbor> best;
  top->Take(&best);
  return best;
}

TEST(TopK, KeepsTheBestWithTiesToTheLowerRow) {
  std::mt19937 random(1);
  TopK top;
  for (const size_t k : {1, 5, 100, 400}) {
    std::vector<Neighbor> all;
    for (uint32_t row = 0; row < 300; ++row) {
      all.push_back({row, static_cast<float>(random() % 20)});
    }
    std::shuffle(all.begin(), all.end(), random);
    top.Begin(k);
    for (const Neighbor& near : all) top.Offer(near);
    std::sort(all.begin(), all.end(), Better);
    all.resize(std::min<size_t>(k, 300));
    EXPECT_EQ(Take(&top), all);
  }
}

TEST(TopK, BlocksAreTheSameAsOneByOne) {
  std::mt19937 random(2);
  std::vector<float> scores(200);
  for (float& score : scores) score = static_cast<float>(random() % 9);
  TopK blocks;
  TopK singles;
  for (const size_t k : {1, 7, 250}) {
    blocks.Begin(k);
    singles.Begin(k);
    // Later rows first: ties must still fall to the lower.
    blocks.OfferBlock(100, scores.data() + 100, 100);
    blocks.OfferBlock(0, scores.data(), 100);
    for (uint32_t row = 0; row < 200; ++row) singles.Offer({row, scores[row]});
    EXPECT_EQ(Take(&blocks), Take(&singles));
  }
}

TEST(TopK, OfNothingIsEmpty) {
  TopK top;
  top.Begin(0);
  top.Offer({1, 2.0f});
  const float score = 1;
  top.OfferBlock(0, &score, 1);
  EXPECT_THAT(Take(&top), testing::IsEmpty());
}

}  // namespace
}  // namespace akin
