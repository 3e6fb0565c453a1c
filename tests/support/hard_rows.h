// Seeded vectors on which exact search goes wrong when its bounds do.

#ifndef AKIN_TESTS_SUPPORT_HARD_ROWS_H_
#define AKIN_TESTS_SUPPORT_HARD_ROWS_H_

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/support/tiny_data.h"

namespace akin {

// Kinds for HardRows.
inline const std::vector<std::string>& HardKinds() {
  static const auto& kinds = *new std::vector<std::string>{
      "Normal",      "HeavyTails", "Clusters",  "FarFromZero",
      "AllEqual",    "Duplicates", "FewValues", "DegenerateColumns",
      "LengthsVary", "Tiny",       "Huge",      "OneOutlier"};
  return kinds;
}

inline Rows HardRows(const std::string& kind, size_t count, size_t dimension,
                     uint32_t seed) {
  Rows rows = RandomRows(count, dimension, seed);
  std::mt19937 random(seed + 1);
  const Rows centres = RandomRows(8, dimension, seed + 2);
  for (size_t i = 0; i < count; ++i) {
    std::vector<float>& row = rows[i].second;
    const std::vector<float>& centre = centres[random() % 8].second;
    const auto stretch = static_cast<float>(
        std::exp(static_cast<double>(random() % 80) / 10 - 4));
    for (size_t j = 0; j < dimension; ++j) {
      float& x = row[j];
      if (kind == "HeavyTails") {
        x = x * x * x * x * x;  // a few components take all of the range
      } else if (kind == "Clusters") {
        x = centre[j] + 0.01f * x;
      } else if (kind == "FarFromZero") {
        x = 1000 + 0.001f * x;
      } else if (kind == "AllEqual") {
        x = static_cast<float>(j) + 1;
      } else if (kind == "FewValues") {
        x = x > 0.7f ? 1.0f : 0.0f;
      } else if (kind == "DegenerateColumns") {
        if (j % 2 == 0) x = 3;
      } else if (kind == "LengthsVary") {
        x *= stretch;
      } else if (kind == "Tiny") {
        x *= 1e-30f;
      } else if (kind == "Huge") {
        x *= 1e17f;
      }
    }
    if (kind == "Duplicates" && i >= 3) row = rows[i % 3].second;
    if (kind == "OneOutlier" && i == count / 2) row[0] = 1e6f;
    row[dimension - 1] += kind == "FewValues" ? 1.0f : 0.0f;  // never all zero
  }
  return rows;
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_HARD_ROWS_H_
