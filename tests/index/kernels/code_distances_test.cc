#include "index/kernels/code_distances.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "tests/support/simd_targets.h"

namespace akin {
namespace {

int32_t ReferenceDot(const int16_t* values, const int8_t* code, size_t n) {
  int32_t sum = 0;
  for (size_t j = 0; j < n; ++j) sum += values[j] * code[j];
  return sum;
}

std::vector<int8_t> RandomCodes(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> uniform(-128, 127);
  std::vector<int8_t> codes(n);
  for (int8_t& code : codes) code = static_cast<int8_t>(uniform(random));
  return codes;
}

// So large that sums of 2048 products fill most of 32 bits.
std::vector<int16_t> RandomValues(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> uniform(-8191, 8191);
  std::vector<int16_t> values(n);
  for (int16_t& value : values) value = static_cast<int16_t>(uniform(random));
  return values;
}

class CodeKernelsTest : public EachTargetTest {
 protected:
  const CodeKernels& kernels() { return CodeKernelsOfChosenTarget(); }
};

TEST_P(CodeKernelsTest, DotRowsIsExactForEveryDimension) {
  for (size_t dimension = 1; dimension <= 2048; ++dimension) {
    const size_t stride = (dimension + 31) / 32 * 32;
    const size_t count = 1 + dimension % 9;
    std::vector<int16_t> values = RandomValues(stride, 1);
    std::fill(values.begin() + static_cast<ptrdiff_t>(dimension), values.end(),
              int16_t{0});
    const std::vector<int8_t> codes = RandomCodes(count * stride, 2);
    std::vector<int32_t> sums(count);
    kernels().dot_rows(values.data(), codes.data(), stride, count, sums.data());
    for (size_t i = 0; i < count; ++i) {
      ASSERT_EQ(sums[i],
                ReferenceDot(values.data(), codes.data() + i * stride, stride))
          << "dimension " << dimension << " row " << i << " of " << count;
    }
  }
}

TEST_P(CodeKernelsTest, TheLargestValuesDoNotOverflow) {
  // 32767 * 127 * 512 is just below 2^31.
  const std::vector<int16_t> values(512, 32767);
  for (const int8_t code : {int8_t{127}, int8_t{-127}}) {
    const std::vector<int8_t> codes(size_t{5} * 512, code);
    std::vector<int32_t> sums(5);
    kernels().dot_rows(values.data(), codes.data(), 512, 5, sums.data());
    for (const int32_t sum : sums) EXPECT_EQ(sum, 32767 * code * 512);
  }
}

TEST_P(CodeKernelsTest, DotListTakesRowsInAnyOrder) {
  for (const size_t stride : {32, 64, 128, 192, 832}) {
    const std::vector<int16_t> values = RandomValues(stride, 3);
    const std::vector<int8_t> codes = RandomCodes(100 * stride, 4);
    for (const size_t count : {0, 1, 3, 4, 5, 17, 60}) {
      std::vector<uint32_t> list(count);
      std::mt19937 random(5);
      for (uint32_t& row : list) row = random() % 100;
      std::vector<int32_t> sums(count);
      kernels().dot_list(values.data(), codes.data(), stride, list.data(),
                         count, sums.data());
      for (size_t i = 0; i < count; ++i) {
        ASSERT_EQ(sums[i],
                  ReferenceDot(values.data(), codes.data() + list[i] * stride,
                               stride));
      }
    }
  }
}

TEST_P(CodeKernelsTest, DistancesAddTheRowsLength) {
  constexpr size_t kStride = 64;
  CodeQuery query;
  query.values = RandomValues(kStride, 6);
  std::fill(query.values.end() - 4, query.values.end(), int16_t{0});
  query.factor = 1e-3f;
  query.base = 17;
  std::vector<int8_t> codes = RandomCodes(10 * kStride, 7);
  for (size_t row = 0; row < 10; ++row) {
    const float length = 100 + static_cast<float>(row);
    std::memcpy(codes.data() + row * kStride + kStride - 4, &length, 4);
  }
  const std::vector<uint32_t> rows = {9, 0, 4};
  std::vector<float> distances(3);
  for (const size_t length_at : {size_t{0}, kStride - 4}) {
    kernels().distances({codes.data(), kStride, length_at}, query, rows.data(),
                        rows.size(), distances.data());
    for (size_t i = 0; i < rows.size(); ++i) {
      const int32_t sum = ReferenceDot(
          query.values.data(), codes.data() + rows[i] * kStride, kStride);
      const double length = length_at == 0 ? 0 : 100.0 + rows[i];
      EXPECT_NEAR(distances[i], 17 + length - 1e-3 * sum,
                  1e-6 * std::abs(1e-3 * sum) + 1e-4);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachTarget, CodeKernelsTest,
                         testing::ValuesIn(TargetsOfThisMachine()),
                         TargetTestName);

TEST(ActiveCodeKernels, AreTheBestOfTheMachine) {
  EXPECT_EQ(&ActiveCodeKernels(), &CodeKernelsOfChosenTarget());
}

}  // namespace
}  // namespace akin
