// Tests that run on every instruction set of the machine, forced in turn.

#ifndef AKIN_TESTS_SUPPORT_SIMD_TARGETS_H_
#define AKIN_TESTS_SUPPORT_SIMD_TARGETS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "hwy/targets.h"
#include "index/kernels/distances.h"

namespace akin {

inline void ForceTarget(int64_t target) {  // 0: no longer
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

// Highway compiles fewer sets than it can detect (AVX3_DL is left out).
inline std::vector<int64_t> TargetsOfThisMachine() {
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

class EachTargetTest : public testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override { ForceTarget(GetParam()); }
  void TearDown() override { ForceTarget(0); }
};

inline std::string TargetTestName(const testing::TestParamInfo<int64_t>& info) {
  return hwy::TargetName(info.param);
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_SIMD_TARGETS_H_
