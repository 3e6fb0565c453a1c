// How many candidates are looked at for k hits, where that is more than k.

#ifndef AKIN_INDEX_QUERY_POOL_SIZE_H_
#define AKIN_INDEX_QUERY_POOL_SIZE_H_

#include <algorithm>
#include <cstddef>

#include "index/base/limits.h"
#include "index/query/query.h"

namespace akin {

inline constexpr size_t kLeastPool = 100;
// While groups are full more rows are looked at, kPoolGrowth times as many each
// time, but no more than these.
inline constexpr size_t kMostPooled = 100'000;
inline constexpr size_t kPoolGrowth = 4;
// Rows that a sum finds for each hit of a product, and at the least.
inline constexpr size_t kProductPool = 10;
inline constexpr size_t kLeastProductPool = 1000;

// So many rows that may be hits are wanted: what is diversified, or the hits.
inline size_t RowsWanted(const SearchOptions& options) {
  const size_t k = options.k;
  if (!options.diversity.has_value()) return k;
  if (options.diversity->pool != 0)
    return std::max<size_t>(options.diversity->pool, k);
  return std::max(k, std::clamp(4 * k, kLeastPool, kMaxPool));
}

// So many are searched for at first: some will be of groups that are full.
inline size_t FirstCount(const SearchOptions& options) {
  const size_t wanted = RowsWanted(options);
  if (!options.group_by.has_value()) return wanted;
  return std::max(kPoolGrowth * wanted, kLeastPool);
}

// The candidates of each part of a fusion that is to bring `count` rows.
inline size_t FusionDepth(const Fusion& fusion, size_t count) {
  if (fusion.depth != 0) return fusion.depth;
  return std::clamp(count, kLeastPool, kMaxPool);
}

// The candidates of a product that is to bring `count` rows.
inline size_t ProductCandidates(size_t count) {
  return std::max(
      count, std::clamp(kProductPool * count, kLeastProductPool, kMostPooled));
}

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_POOL_SIZE_H_
