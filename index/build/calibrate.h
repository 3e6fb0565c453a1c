// Measures what an index finds, and what that costs, over a sweep of effort.

#ifndef AKIN_INDEX_BUILD_CALIBRATE_H_
#define AKIN_INDEX_BUILD_CALIBRATE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "index/base/worker_pool.h"
#include "index/search/calibration.h"
#include "index/search/searcher.h"
#include "index/table/table.h"

namespace akin {

struct CalibrateOptions {
  size_t queries = 500;  // of each sample, at most
  // Of which `timed` are answered once more on one thread, for the clock.
  size_t timed = 64;
  // A curve ends where a walk takes this many times as long as exact search.
  double slowest = 2;
  uint32_t seed = 20161;
};

// Queries drawn from a table. They are copies, so the table they come from may
// drop its vectors before they are asked.
struct QuerySample {
  std::string query_table;  // as in RecallCurve
  size_t dimension = 0;
  std::vector<float> vectors;  // one behind the other
  // The searched table's rows that they are, to be hidden; empty if they come
  // from another table.
  std::vector<uint32_t> rows;

  size_t size() const {
    return dimension == 0 ? 0 : vectors.size() / dimension;
  }
  absl::Span<const float> Vector(size_t i) const {
    return {vectors.data() + i * dimension, dimension};
  }
};

// Rows of `source`, which may be `target` itself, as queries of `target`: the
// same for the same seed. Rows that are no query of it (without direction under
// cosine, too long under dot and l2) are left out.
QuerySample SampleQueries(const Table& source, const Table& target,
                          const CalibrateOptions& options);

// Called between measurements; false cancels.
using CalibrateProgress = std::function<bool(uint64_t done, uint64_t total)>;

// For each sample and for k = 1, 10 and 100 (as far as the table has so many
// rows): answers the sample by `exact`, then by `index` with rising
// SearchTask::effort, until it finds nearly all, finds no more, or costs more
// than exact search. An answer counts when it scores as the true k-th neighbour
// or better, by the table's own vectors, whatever the index scored it.
//
// The curves' recall, effort and distances are the same for the same input, as
// far as they go; microseconds are measured. Efforts at which the index answers
// exactly do not count, and a k for which there is no other has no curve. All
// samples have the table's dimension. CANCELLED: `progress` said so.
absl::StatusOr<Calibration> Calibrate(
    const Table& table, const Searcher& index, const Searcher& exact,
    absl::Span<const QuerySample> samples, const CalibrateOptions& options,
    WorkerPool* pool, const CalibrateProgress& progress = nullptr);

// What one search for 10 neighbours takes on one thread: the median over a few
// queries of `sample`. 0 for an empty sample.
double MeasureMicroseconds(const Searcher& searcher, const QuerySample& sample);

}  // namespace akin

#endif  // AKIN_INDEX_BUILD_CALIBRATE_H_
