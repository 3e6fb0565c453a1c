#include "index/kernels/passing.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "index/kernels/tile_products.h"
#include "tests/support/simd_targets.h"

namespace akin {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Numbers of few bits, so that no operation rounds and equality is tried too.
template <class T>
std::vector<T> SmallNumbers(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<T> numbers(n);
  for (T& number : numbers) {
    number = static_cast<T>(static_cast<int>(random() % 64) - 32);
  }
  return numbers;
}

class PassKernelsTest : public EachTargetTest {
 protected:
  template <class Product, class Kernel>
  static void CheckTile(const Kernel& kernel, size_t width) {
    constexpr size_t kRows = 23;
    const auto products = SmallNumbers<Product>(kRows * width, 1);
    const auto errors = SmallNumbers<float>(kRows, 2);
    const auto shifts = SmallNumbers<float>(kRows, 3);
    const auto factors = SmallNumbers<float>(width, 4);
    const auto weights = SmallNumbers<float>(width, 5);
    auto floors = SmallNumbers<float>(width, 6);
    for (float& floor : floors) floor *= 16;
    floors[0] = kInfinity;
    floors[1] = -kInfinity;
    std::vector<PassedPlace> passed(kRows * width);
    passed.resize(kernel(products.data(), width, errors.data(), shifts.data(),
                         kRows, {factors.data(), weights.data(), floors.data()},
                         passed.data()));
    std::vector<std::pair<size_t, size_t>> expected;
    for (size_t r = 0; r < kRows; ++r) {
      for (size_t i = 0; i < width; ++i) {
        if (factors[i] * static_cast<float>(products[r * width + i]) +
                weights[i] * errors[r] + shifts[r] >=
            floors[i]) {
          expected.emplace_back(r, i);
        }
      }
    }
    ASSERT_EQ(passed.size(), expected.size());
    EXPECT_GE(passed.size(), kRows);  // -infinity lets all pass
    for (size_t n = 0; n < passed.size(); ++n) {
      EXPECT_EQ(passed[n].row, expected[n].first);
      EXPECT_EQ(passed[n].query, expected[n].second);
    }
  }
};

TEST_P(PassKernelsTest, RowsThatReachTheFloorPass) {
  for (size_t count = 0; count <= 100; ++count) {
    const auto products = SmallNumbers<int32_t>(count, 1);
    const auto errors = SmallNumbers<float>(count, 2);
    const auto shifts = SmallNumbers<float>(count, 3);
    for (const float floor : {-kInfinity, -20.0f, 0.0f, 30.0f, kInfinity}) {
      const PassTest test{2, 0.5f, floor};
      std::vector<uint32_t> expected;
      for (size_t i = 0; i < count; ++i) {
        if (2 * static_cast<float>(products[i]) + 0.5f * errors[i] +
                shifts[i] >=
            floor) {
          expected.push_back(static_cast<uint32_t>(i));
        }
      }
      std::vector<uint32_t> passed(count);
      passed.resize(PassKernelsOfChosenTarget().rows(
          products.data(), errors.data(), shifts.data(), count, test,
          passed.data()));
      ASSERT_EQ(passed, expected) << count << " rows, floor " << floor;
    }
  }
}

TEST_P(PassKernelsTest, EachQueryOfATileHasItsOwnTest) {
  const PassKernels& kernels = PassKernelsOfChosenTarget();
  const size_t lanes = TileKernelsOfChosenTarget().lanes;
  // Tiles of one lane, on machines without vectors, are not looked at here.
  for (const size_t width : {std::max<size_t>(lanes, 2), 2 * lanes}) {
    CheckTile<int32_t>(kernels.code_tile, width);
    CheckTile<float>(kernels.float_tile, width);
  }
}

INSTANTIATE_TEST_SUITE_P(EachTarget, PassKernelsTest,
                         testing::ValuesIn(TargetsOfThisMachine()),
                         TargetTestName);

}  // namespace
}  // namespace akin
