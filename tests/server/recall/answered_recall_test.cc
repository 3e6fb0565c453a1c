#include "server/recall/answered_recall.h"

#include <gtest/gtest.h>

#include <vector>

#include "server/recall/recall_report.h"

namespace akin::server {
namespace {

const std::vector<Hit>& Truth() {
  static const auto& truth = *new std::vector<Hit>{
      {"a", 0.9f, {}}, {"b", 0.8f, {}}, {"c", 0.7f, {}}, {"d", 0.7f, {}}};
  return truth;
}

double Of(const std::vector<AnsweredHit>& answered, bool by_score = true) {
  return AnsweredRecall(answered, Truth(), by_score);
}

TEST(AnsweredRecallTest, IsTheShareOfTheTrueHits) {
  EXPECT_EQ(Of({}), 0);
  EXPECT_EQ(Of({{"a", 0.9f}}), 0.25);
  EXPECT_EQ(Of({{"a", 0.9f}, {"b", 0.8f}, {"x", 0.6f}, {"y", 0.5f}}), 0.5);
  EXPECT_EQ(Of({{"d", 0.7f}, {"c", 0.7f}, {"b", 0.8f}, {"a", 0.9f}}), 1);
}

TEST(AnsweredRecallTest, OfEqualScoresEitherIsRight) {
  const std::vector<AnsweredHit> tied = {
      {"a", 0.9f}, {"b", 0.8f}, {"c", 0.7f}, {"e", 0.7f}};
  EXPECT_EQ(Of(tied), 1);
  EXPECT_EQ(Of(tied, /*by_score=*/false), 0.75);
  std::vector<AnsweredHit> rounded = tied;
  rounded[3].score = 0.7f - 1e-6f;
  EXPECT_EQ(Of(rounded), 1);
  rounded[3].score = 0.7f - 1e-5f;
  EXPECT_EQ(Of(rounded), 0.75);
}

TEST(AnsweredRecallTest, TheToleranceGoesWithTheScores) {
  // Minus squared distances: the last is the largest.
  const std::vector<Hit> far = {{"a", -1e6f, {}}, {"b", -2e6f, {}}};
  EXPECT_EQ(
      AnsweredRecall(std::vector<AnsweredHit>{{"a", -1e6f}, {"x", -2e6f - 2}},
                     far, true),
      1);
  EXPECT_EQ(
      AnsweredRecall(std::vector<AnsweredHit>{{"a", -1e6f}, {"x", -2e6f - 20}},
                     far, true),
      0.5);
}

TEST(AnsweredRecallTest, IsNeverMoreThanAll) {
  EXPECT_EQ(
      Of({{"a", 0.9f}, {"b", 0.8f}, {"c", 0.7f}, {"d", 0.7f}, {"e", 0.7f}}), 1);
}

TEST(FilterShareTest, BordersBelongToTheLowerOne) {
  EXPECT_EQ(FilterShareOf(1000, 1000), FilterShare::kNoFilter);
  EXPECT_EQ(FilterShareOf(999, 1000), FilterShare::kBelow100Percent);
  EXPECT_EQ(FilterShareOf(501, 1000), FilterShare::kBelow100Percent);
  EXPECT_EQ(FilterShareOf(500, 1000), FilterShare::kTo50Percent);
  EXPECT_EQ(FilterShareOf(101, 1000), FilterShare::kTo50Percent);
  EXPECT_EQ(FilterShareOf(100, 1000), FilterShare::kTo10Percent);
  EXPECT_EQ(FilterShareOf(11, 1000), FilterShare::kTo10Percent);
  EXPECT_EQ(FilterShareOf(10, 1000), FilterShare::kTo1Percent);
  EXPECT_EQ(FilterShareOf(0, 1000), FilterShare::kTo1Percent);
}

}  // namespace
}  // namespace akin::server
