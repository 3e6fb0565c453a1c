// Percentiles by nearest rank: always one of the values.

#ifndef AKIN_INDEX_QUERY_PERCENTILE_H_
#define AKIN_INDEX_QUERY_PERCENTILE_H_

#include <algorithm>
#include <cstddef>
#include <vector>

namespace akin {

// The smallest of `values` which at least `percent` (1..100) in a hundred of
// them do not exceed. 0 if there are none.
inline double Percentile(std::vector<double> values, size_t percent) {
  if (values.empty()) return 0;
  const size_t rank = (values.size() * percent + 99) / 100;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_PERCENTILE_H_
