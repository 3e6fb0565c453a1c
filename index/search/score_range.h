// What is known of scores before they are computed.
//
// "Score" always means the one that is answered: of the float kernels
// (ActiveKernels()), with their rounding. Exact search may skip a row only when
// that score cannot be among the best, so bounds allow for the rounding of the
// kernels, for the rounding of their own computation, and for whatever the
// rough comparison before them lost.

#ifndef AKIN_INDEX_SEARCH_SCORE_RANGE_H_
#define AKIN_INDEX_SEARCH_SCORE_RANGE_H_

#include <cmath>
#include <cstddef>
#include <limits>

namespace akin {

// The score is neither below nor above these.
struct ScoreRange {
  float lower;
  float upper;
};

// What a PassTest (index/kernels/passing.h) wants to know of each row of a
// block.
struct RowTerms {
  const float* errors;
  const float* shifts;
};

// Below it nothing is known of a score's lower bound.
inline constexpr float kNoThreshold = -std::numeric_limits<float>::infinity();

// Half the distance from 1 to the next float: the error of one rounding,
// relative.
inline constexpr double kFloatRounding = 0x1p-24;

// Products and sums of floats below the normal ones lose less than this, all
// together.
inline constexpr double kFloatUnderflow = 1e-37;

// The error of a float kernel's sum of `n` products, relative to the sum of the
// products' magnitudes, in whatever order it adds, with or without fused
// multiply-add; under l2 each product is of rounded differences. (Higham,
// "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.1: gamma
// of n roundings one behind the other; a few more for what surrounds them.)
inline double KernelRounding(size_t n) {
  return 1.01 * kFloatRounding * static_cast<double>(n + 8);
}

inline float RoundedUp(double x) {
  return std::nextafter(static_cast<float>(x),
                        std::numeric_limits<float>::infinity());
}
inline float RoundedDown(double x) {
  return std::nextafter(static_cast<float>(x),
                        -std::numeric_limits<float>::infinity());
}

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_SCORE_RANGE_H_
