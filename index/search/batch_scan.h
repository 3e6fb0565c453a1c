// Exact search for many queries at once: blocks of rows are multiplied with
// tiles of queries (index/kernels/tile_products.h), roughly; then each query
// scores the rows that it could not rule out. Answers are those of single
// searches, to the bit.

#ifndef AKIN_INDEX_SEARCH_BATCH_SCAN_H_
#define AKIN_INDEX_SEARCH_BATCH_SCAN_H_

#include "absl/types/span.h"
#include "index/base/worker_pool.h"
#include "index/search/searcher.h"
#include "index/search/tile_rows.h"

namespace akin {

// Whether this is the way to answer `task`; some are better answered alone.
bool FitsBatchScan(const SearchTask& task, size_t rows);

// Answers `tasks`, all of which fit, spread over `pool`. Adds to their stats.
void BatchScan(const TileSource& source, absl::Span<SearchTask* const> tasks,
               WorkerPool* pool);

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_BATCH_SCAN_H_
