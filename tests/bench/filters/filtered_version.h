// A set's vectors as a version whose rows have attributes to filter by.

#ifndef AKIN_TESTS_BENCH_FILTERS_FILTERED_VERSION_H_
#define AKIN_TESTS_BENCH_FILTERS_FILTERED_VERSION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "index/base/worker_pool.h"
#include "index/version/version.h"
#include "tests/bench/engine/vector_set.h"

namespace akin::bench {

inline constexpr char kFilteredTable[] = "base";

// Attributes of the rows, each a rank among all rows as a share of them, so
// that a range as wide as x holds for x of the rows:
//   chance   has nothing to do with where a row lies
//   along    rises along one direction of space: rows that lie together have
//            nearly the same
//   bucket   a keyword: b0 to b9, a tenth of `chance` each
// Loaded as a server loads it, with a calibrated graph. Errors as LoadVersion.
absl::StatusOr<std::shared_ptr<const Version>> MakeFilteredVersion(
    const VectorSet& set, WorkerPool* pool);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_FILTERS_FILTERED_VERSION_H_
