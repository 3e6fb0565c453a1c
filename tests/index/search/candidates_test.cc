#include "index/search/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace akin {
namespace {

struct Bounded {
  ScoreRange range;
  float score;
};

std::vector<Bounded> RandomRanges(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<Bounded> rows(count);
  for (Bounded& row : rows) {
    row.score = normal(random);
    row.range = {row.score - 0.1f * std::abs(normal(random)),
                 row.score + 0.1f * std::abs(normal(random))};
  }
  return rows;
}

std::vector<uint32_t> TakeAll(Candidates* candidates) {
  std::vector<uint32_t> rows;
  uint32_t row;
  while (candidates->TakeBest(kNoThreshold, &row)) rows.push_back(row);
  return rows;
}

// Rows whose score is among the k highest.
std::set<uint32_t> Best(const std::vector<Bounded>& rows, size_t k) {
  std::vector<uint32_t> order(rows.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return rows[a].score > rows[b].score;
  });
  return {order.begin(), order.begin() + static_cast<long>(k)};
}

TEST(Candidates, NeverLoseOneOfTheBest) {
  Candidates candidates;
  for (uint32_t seed = 0; seed < 50; ++seed) {
    const std::vector<Bounded> rows = RandomRanges(5000, seed);
    const size_t k = 1 + seed * 3;
    candidates.Begin(k, 5000);
    for (uint32_t row = 0; row < rows.size(); ++row) {
      candidates.Offer(row, rows[row].range);
    }
    candidates.Finish();
    EXPECT_LT(candidates.size(), 2000u);
    const std::vector<uint32_t> taken = TakeAll(&candidates);
    const std::set<uint32_t> kept(taken.begin(), taken.end());
    EXPECT_EQ(kept.size(), taken.size());
    for (const uint32_t row : Best(rows, k)) EXPECT_TRUE(kept.contains(row));
  }
}

TEST(Candidates, ComeInTheOrderOfTheirUpperBounds) {
  const std::vector<Bounded> rows = RandomRanges(300, 1);
  Candidates candidates;
  candidates.Begin(20, 300);
  for (uint32_t row = 0; row < 300; ++row) {
    candidates.Offer(row, rows[row].range);
  }
  candidates.Finish();
  float last = 1e9f;
  for (const uint32_t row : TakeAll(&candidates)) {
    EXPECT_LE(rows[row].range.upper, last);
    last = rows[row].range.upper;
  }
}

TEST(Candidates, TakeBestStopsBelowTheLeast) {
  Candidates candidates;
  candidates.Begin(3, 10);
  for (uint32_t row = 0; row < 3; ++row) {
    const auto score = static_cast<float>(row);
    candidates.Offer(row, {score, score});
  }
  candidates.Finish();
  uint32_t row = 9;
  EXPECT_TRUE(candidates.TakeBest(2, &row));
  EXPECT_EQ(row, 2u);
  EXPECT_FALSE(candidates.TakeBest(1.5, &row));
  EXPECT_TRUE(candidates.TakeBest(1, &row));
}

TEST(Candidates, GiveUpWhenTooManyCannotBeToldApart) {
  Candidates candidates;
  candidates.Begin(10, 500);
  for (uint32_t row = 0; row < 5000; ++row) candidates.Offer(row, {0, 1});
  EXPECT_TRUE(candidates.gave_up());
  // And is fresh again afterwards.
  candidates.Begin(10, 500);
  EXPECT_FALSE(candidates.gave_up());
  for (uint32_t row = 0; row < 501; ++row) candidates.Offer(row, {0, 1});
  EXPECT_FALSE(candidates.gave_up());
  candidates.Finish();
  EXPECT_TRUE(candidates.gave_up());
}

TEST(Candidates, MergedOnesAreThoseOfAllRows) {
  const std::vector<Bounded> rows = RandomRanges(4000, 7);
  Candidates all;
  Candidates first;
  Candidates second;
  for (Candidates* c : {&all, &first, &second}) c->Begin(25, 4000);
  for (uint32_t row = 0; row < 4000; ++row) {
    all.Offer(row, rows[row].range);
    (row < 1000 ? first : second).Offer(row, rows[row].range);
  }
  first.Merge(second);
  EXPECT_EQ(first.threshold(), all.threshold());
  all.Finish();
  first.Finish();
  EXPECT_EQ(TakeAll(&first), TakeAll(&all));
}

TEST(Candidates, MergeHandsOnThatItGaveUp) {
  Candidates first;
  Candidates second;
  first.Begin(1, 10);
  second.Begin(1, 10);
  second.GiveUp();
  first.Offer(0, {0, 1});
  first.Merge(second);
  EXPECT_TRUE(first.gave_up());
}

}  // namespace
}  // namespace akin
