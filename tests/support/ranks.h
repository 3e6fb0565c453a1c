// Attributes whose every range is a known share of the rows.

#ifndef AKIN_TESTS_SUPPORT_RANKS_H_
#define AKIN_TESTS_SUPPORT_RANKS_H_

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace akin {

// The rank of each row by `key`, from 0, as a share of all.
inline std::vector<double> Ranks(const std::vector<double>& key) {
  std::vector<size_t> order(key.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return key[a] < key[b]; });
  std::vector<double> ranks(key.size());
  for (size_t i = 0; i < order.size(); ++i) {
    ranks[order[i]] = static_cast<double>(i) / static_cast<double>(key.size());
  }
  return ranks;
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_RANKS_H_
