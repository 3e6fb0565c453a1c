#include "index/kernels/tile_products.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "tests/support/simd_targets.h"

namespace akin {
namespace {

template <class T>
std::vector<T> RandomNumbers(size_t n, int most, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> uniform(-most, most);
  std::vector<T> numbers(n);
  for (T& number : numbers) number = static_cast<T>(uniform(random));
  return numbers;
}

// Rows of all lengths are tried one by one, some of them together.
size_t RowsFor(size_t n) { return n % 61 == 0 || n < 30 ? 13 : 1; }

class TileKernelsTest : public EachTargetTest {
 protected:
  static constexpr size_t kMax = 2048;

  // Compares products of rows of n floats with those of a plain loop.
  static void CheckFloats(const TileKernels& kernels, size_t width, size_t n,
                          const std::vector<float>& queries,
                          const std::vector<float>& rows) {
    const size_t count = RowsFor(n);
    std::vector<float> packed(n * width);
    for (size_t j = 0; j < n; ++j) {
      for (size_t i = 0; i < width; ++i) {
        packed[j * width + i] = queries[i * kMax + j];
      }
    }
    const std::vector<float> block(rows.begin(),
                                   rows.begin() + static_cast<long>(count * n));
    std::vector<float> products(count * width);
    kernels.floats(packed.data(), width, block.data(), n, count,
                   products.data());
    for (size_t r = 0; r < count; ++r) {
      for (size_t i = r % 3; i < width; i += 3) {
        double sum = 0;
        double magnitude = 0;
        for (size_t j = 0; j < n; ++j) {
          const double product =
              double{queries[i * kMax + j]} * block[r * n + j];
          sum += product;
          magnitude += std::abs(product);
        }
        ASSERT_NEAR(products[r * width + i], sum,
                    static_cast<double>(n) * 0x1p-24 * magnitude)
            << "n " << n << " row " << r << " query " << i;
      }
    }
  }

  static void CheckCodes(const TileKernels& kernels, size_t width, size_t n,
                         const std::vector<int16_t>& queries,
                         const std::vector<int16_t>& rows) {
    const size_t count = RowsFor(n);
    const size_t pairs = (n + 1) / 2;
    const size_t stride = (n + 31) / 32 * 32;
    std::vector<int16_t> packed(pairs * width * 2);
    for (size_t j = 0; j < n; ++j) {
      for (size_t i = 0; i < width; ++i) {
        packed[(j / 2 * width + i) * 2 + j % 2] = queries[i * kMax + j];
      }
    }
    const std::vector<int16_t> block(
        rows.begin(), rows.begin() + static_cast<long>(count * stride));
    std::vector<int32_t> products(count * width);
    kernels.codes(packed.data(), width, block.data(), stride, pairs, count,
                  products.data());
    for (size_t r = 0; r < count; ++r) {
      for (size_t i = r % 3; i < width; i += 3) {
        int32_t sum = 0;
        for (size_t j = 0; j < n; ++j) {
          sum += queries[i * kMax + j] * block[r * stride + j];
        }
        ASSERT_EQ(products[r * width + i], sum)
            << "n " << n << " row " << r << " query " << i;
      }
    }
  }
};

TEST_P(TileKernelsTest, FloatsAgreeWithAPlainLoopInEveryDimension) {
  const TileKernels& kernels = TileKernelsOfChosenTarget();
  const auto queries = RandomNumbers<float>(32 * kMax, 1 << 20, 1);
  const auto rows = RandomNumbers<float>(13 * kMax, 1 << 20, 2);
  for (size_t n = 1; n <= kMax; ++n) {
    const size_t width = kernels.lanes * (1 + n % 2);
    ASSERT_NO_FATAL_FAILURE(CheckFloats(kernels, width, n, queries, rows));
  }
  for (size_t n = 1; n <= 40; ++n) {
    ASSERT_NO_FATAL_FAILURE(
        CheckFloats(kernels, kernels.lanes * (2 - n % 2), n, queries, rows));
  }
}

TEST_P(TileKernelsTest, CodesAreExactInEveryDimension) {
  const auto queries = RandomNumbers<int16_t>(32 * kMax, 8191, 3);
  const auto rows = RandomNumbers<int16_t>(14 * kMax, 127, 4);
  for (const bool plain : {false, true}) {
    const TileKernels& kernels = TileKernelsOfChosenTarget(plain);
    for (size_t n = 1; n <= kMax; ++n) {
      const size_t width = kernels.lanes * (1 + n % 2);
      ASSERT_NO_FATAL_FAILURE(CheckCodes(kernels, width, n, queries, rows));
    }
    for (size_t n = 1; n <= 40; ++n) {
      ASSERT_NO_FATAL_FAILURE(
          CheckCodes(kernels, kernels.lanes * (2 - n % 2), n, queries, rows));
    }
  }
}

TEST_P(TileKernelsTest, WidenKeepsEveryCode) {
  const auto codes = RandomNumbers<int8_t>(32 * 9, 128, 5);
  for (size_t count = 32; count <= codes.size(); count += 32) {
    std::vector<int16_t> wide(count);
    TileKernelsOfChosenTarget().widen(codes.data(), count, wide.data());
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(wide[i], codes[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(EachTarget, TileKernelsTest,
                         testing::ValuesIn(TargetsOfThisMachine()),
                         TargetTestName);

}  // namespace
}  // namespace akin
