#include "tests/bench/engine/blocks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "tests/support/tiny_data.h"

namespace akin::bench {
namespace {

TEST(CompareInBlocksTest, TakesTurns) {
  std::string order;
  const BlockComparison result = CompareInBlocks(
      4,
      [&] {
        order += 'a';
        return Block{30, 1, 0.5};
      },
      [&] {
        order += 'b';
        return Block{10, 1, 0.25};
      });
  EXPECT_DOUBLE_EQ(result.ratio.median, 3);
  EXPECT_DOUBLE_EQ(result.ratio.low, 3);
  EXPECT_DOUBLE_EQ(result.cpu_ratio.median, 1.5);
  EXPECT_DOUBLE_EQ(result.rate_a, 30);
  EXPECT_DOUBLE_EQ(result.cpu_rate_b, 40);
  // Two of each to get warm, then the pairs; one may have been run again.
  EXPECT_EQ(order.substr(0, 4), "abab");
  EXPECT_EQ(order.substr(4, 8), "abbaabba");
}

TEST(TimeOnThreadsTest, EachThreadWorksOnce) {
  std::atomic<size_t> sum{0};
  const Block block = TimeOnThreads(3, [&](size_t thread) { sum += thread; });
  EXPECT_EQ(sum, 3u);
  EXPECT_GE(block.seconds, 0);
  EXPECT_GE(block.cpu_seconds, 0);
}

// Counts searches by effort.
class Counting : public SearchEngine {
 public:
  void SetEffort(size_t effort) override { effort_ = effort; }
  size_t Search(const float*, size_t, uint32_t*) override {
    ++(effort_ == 3 ? low : high);
    return 0;
  }
  SearchCounts CountedSearch(const float*, size_t, uint32_t*) override {
    return {};
  }
  size_t memory_bytes() const override { return 0; }
  double build_seconds() const override { return 0; }

  std::atomic<size_t> low{0};
  std::atomic<size_t> high{0};

 private:
  size_t effort_ = 0;
};

TEST(SearchSideTest, SharesOutTheEfforts) {
  Rows rows = {{"a", {1.0f}}};
  VectorSet set;
  set.table =
      std::make_unique<const Table>(MakeTable("one", Metric::kL2, rows));
  set.queries = {1, 2, 3};
  Counting engine;
  const EffortMix mix = {3, 4, 0.25, 0.95, false};
  SearchSide side(&set, &engine, mix, 1, 2, 0.001);
  const Block block = side.Run();
  EXPECT_EQ(block.done, 100);
  EXPECT_EQ(engine.low, 75u);
  EXPECT_EQ(engine.high, 25u);
}

}  // namespace
}  // namespace akin::bench
