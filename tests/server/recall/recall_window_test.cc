#include "server/recall/recall_window.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace akin::server {
namespace {

TEST(RecallWindowTest, IsEmptyAtFirstAndWhenCleared) {
  RecallWindow window;
  EXPECT_EQ(window.size(), 0u);
  EXPECT_EQ(window.sums().queries, 0u);
  EXPECT_EQ(window.mean_k(), 0);
  window.Add(0.5, 10);
  EXPECT_EQ(window.size(), 1u);
  window.Clear();
  EXPECT_EQ(window.size(), 0u);
}

TEST(RecallWindowTest, HasTheLatestAndForgetsTheOldest) {
  RecallWindow window;
  for (size_t i = 0; i < RecallWindow::kMost; ++i) window.Add(0, 10);
  EXPECT_EQ(window.sums().mean(), 0);
  for (size_t i = 0; i < RecallWindow::kMost / 4; ++i) window.Add(1, 50);
  EXPECT_EQ(window.size(), RecallWindow::kMost);
  EXPECT_EQ(window.sums().queries, RecallWindow::kMost);
  EXPECT_EQ(window.sums().mean(), 0.25);
  EXPECT_EQ(window.mean_k(), 20);
  for (size_t i = 0; i < RecallWindow::kMost; ++i) window.Add(1, 50);
  EXPECT_EQ(window.sums().mean(), 1);
  window.Clear();
  window.Add(0.5, 1);
  EXPECT_EQ(window.sums().mean(), 0.5);
  EXPECT_EQ(window.sums().squares, 0.25);
}

}  // namespace
}  // namespace akin::server
