// IEEE 754 binary16 ("half"): to float exactly, from float rounded to nearest
// even. Bit arithmetic only, so the same on every machine and compiler.

#ifndef AKIN_INDEX_BASE_HALF_H_
#define AKIN_INDEX_BASE_HALF_H_

#include <bit>
#include <cstdint>

namespace akin {

// Exact for every half: subnormals, both zeros, infinities. A NaN stays a NaN
// with its payload.
inline float HalfToFloat(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t magnitude = half & 0x7FFFu;
  if (magnitude >= 0x7C00u) {  // infinity or NaN
    return std::bit_cast<float>(sign | 0x7F800000u |
                                ((magnitude & 0x3FFu) << 13));
  }
  if (magnitude < 0x0400u) {  // subnormal: a multiple of 2^-24
    const float value = static_cast<float>(magnitude) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(value));
  }
  // The exponents are biased by 15 and 127.
  return std::bit_cast<float>(sign | ((magnitude << 13) + (112u << 23)));
}

// Magnitudes from 65520 on become infinity, up to 2^-25 they become zero. A
// NaN stays a (quiet) NaN.
inline uint16_t FloatToHalf(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) {
    return static_cast<uint16_t>(sign | 0x7E00u | ((magnitude >> 13) & 0x3FFu));
  }
  if (magnitude >= 0x477FF000u) return static_cast<uint16_t>(sign | 0x7C00u);
  uint32_t half;
  if (magnitude < 0x38800000u) {
    // Adding 0.5 lets the float unit round: a float in [0.5, 1) counts in steps
    // of 2^-24, which are the steps of a subnormal half.
    half = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) -
           std::bit_cast<uint32_t>(0.5f);
  } else {
    // Half a step less one, and one more when the kept part is odd: ties go to
    // even. A carry runs into the exponent, where it belongs.
    const uint32_t odd = (magnitude >> 13) & 1u;
    half = (magnitude - (112u << 23) + 0xFFFu + odd) >> 13;
  }
  return static_cast<uint16_t>(sign | half);
}

}  // namespace akin

#endif  // AKIN_INDEX_BASE_HALF_H_
