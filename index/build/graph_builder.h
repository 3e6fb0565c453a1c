// Builds the graph over a table's codes.
//
// Rows are inserted in batches, each as large as what is there already, up to a
// fiftieth of all: every row of a batch searches the graph as it was before the
// batch, then the batch's links are added, grouped by target (Manohar et al.,
// "ParlayANN", PPoPP 2024, section 3). Nothing is locked, and the graph does
// not depend on the number of threads. Links are chosen by the occlusion rule
// of HNSW (arXiv 1603.09320, algorithm 4). At the end every list is chosen anew
// from the neighbours' neighbours and filled up.

#ifndef AKIN_INDEX_BUILD_GRAPH_BUILDER_H_
#define AKIN_INDEX_BUILD_GRAPH_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "index/base/worker_pool.h"
#include "index/search/graph.h"
#include "index/table/codes.h"

namespace akin {

struct GraphOptions {
  // Links per row, 8..256.
  uint32_t degree = 32;
  // The beam of the search for a new row's neighbours.
  uint32_t build_effort = 200;
};

// Called with the rows done so far, from the building thread; false cancels.
using BuildProgress = std::function<bool(uint64_t rows_done)>;

// INVALID_ARGUMENT: no rows, or more than 2^31 - 1. CANCELLED: `progress` said
// so. RESOURCE_EXHAUSTED: no memory.
absl::StatusOr<Graph> BuildGraph(const Codes& codes,
                                 const GraphOptions& options, WorkerPool* pool,
                                 const BuildProgress& progress = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_BUILD_GRAPH_BUILDER_H_
