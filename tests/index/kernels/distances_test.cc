#include "index/kernels/distances.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "hwy/targets.h"

namespace akin {
namespace {

double ReferenceDot(const float* a, const float* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += double{a[i]} * b[i];
  return sum;
}

double ReferenceL2(const float* a, const float* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const double diff = double{a[i]} - b[i];
    sum += diff * diff;
  }
  return sum;
}

std::vector<float> RandomFloats(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(n);
  for (float& value : values) value = uniform(random);
  return values;
}

void ForceTarget(int64_t target) {  // 0: no longer
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

// Every instruction set of this machine, forced in turn.
class KernelsTest : public testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override { ForceTarget(GetParam()); }
  void TearDown() override { ForceTarget(0); }
};

TEST_P(KernelsTest, AgreeWithAPlainLoopInEveryDimension) {
  const Kernels& kernels = KernelsOfChosenTarget();
  EXPECT_STREQ(kernels.target, hwy::TargetName(GetParam()));
  constexpr size_t kMax = 2048;
  const std::vector<float> a = RandomFloats(kMax + 1, 1);
  const std::vector<float> b = RandomFloats(kMax + 1, 2);
  for (size_t n = 0; n <= kMax; ++n) {
    // Off by one float, so that no alignment is relied on.
    const float* x = a.data() + n % 2;
    const float* y = b.data() + (n + 1) % 2;
    const double tolerance = 1e-6 * static_cast<double>(n + 1);
    ASSERT_NEAR(kernels.dot(x, y, n), ReferenceDot(x, y, n), tolerance) << n;
    ASSERT_NEAR(kernels.l2(x, y, n), ReferenceL2(x, y, n), tolerance) << n;
  }
}

TEST_P(KernelsTest, ReadNothingBeyondTheVector) {
  const Kernels& kernels = KernelsOfChosenTarget();
  for (size_t n = 1; n <= 70; ++n) {
    // On the heap and exactly as long as needed: ASan sees one float more.
    const std::vector<float> a(n, 1.0f);
    const std::vector<float> b(n, 3.0f);
    EXPECT_EQ(kernels.dot(a.data(), b.data(), n), 3.0f * static_cast<float>(n));
    EXPECT_EQ(kernels.l2(a.data(), b.data(), n), 4.0f * static_cast<float>(n));
  }
}

TEST_P(KernelsTest, RowsAgreeWithSingleVectors) {
  const Kernels& kernels = KernelsOfChosenTarget();
  constexpr size_t kCount = 37;
  for (const size_t n : {1, 7, 50, 64, 100}) {
    const std::vector<float> query = RandomFloats(n, 3);
    const std::vector<float> rows = RandomFloats(n * kCount, 4);
    std::vector<float> dots(kCount);
    std::vector<float> distances(kCount);
    kernels.dot_rows(query.data(), rows.data(), n, kCount, dots.data());
    kernels.l2_rows(query.data(), rows.data(), n, kCount, distances.data());
    for (size_t i = 0; i < kCount; ++i) {
      EXPECT_EQ(dots[i], kernels.dot(query.data(), rows.data() + i * n, n));
      EXPECT_EQ(distances[i], kernels.l2(query.data(), rows.data() + i * n, n));
    }
  }
}

// Highway compiles fewer sets than it can detect (AVX3_DL is left out).
std::vector<int64_t> TargetsOfThisMachine() {
  std::vector<int64_t> targets;
  for (int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
    const int64_t target = left & -left;
    ForceTarget(target);
    const std::string chosen = KernelsOfChosenTarget().target;
    if (chosen == hwy::TargetName(target)) targets.push_back(target);
  }
  ForceTarget(0);
  return targets;
}

INSTANTIATE_TEST_SUITE_P(EachTarget, KernelsTest,
                         testing::ValuesIn(TargetsOfThisMachine()),
                         [](const auto& info) {
                           return std::string(hwy::TargetName(info.param));
                         });

TEST(Targets, AreTheBaselineAndBetterOnes) {
  EXPECT_GE(TargetsOfThisMachine().size(), 2u);
}

TEST(ActiveKernels, AreTheBestOfTheMachine) {
  EXPECT_EQ(&ActiveKernels(), &KernelsOfChosenTarget());
  EXPECT_STRNE(ActiveKernels().target, "SCALAR");
}

}  // namespace
}  // namespace akin
