// Builds the graph of a table. The one place that uses FAISS.
//
// FAISS' HNSW inserts the rows; every distance it asks for is computed by our
// kernels on the table's own vectors, which are not copied. FAISS' structures
// are gone when this returns.

#ifndef AKIN_INDEX_BUILD_GRAPH_BUILDER_H_
#define AKIN_INDEX_BUILD_GRAPH_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "index/search/graph.h"
#include "index/table/table.h"

namespace akin {

struct GraphOptions {
  // Links a row gets per level when it is inserted; twice as many on level 0.
  uint32_t links = 16;
  // The size of the pool when the neighbours of a new row are searched.
  uint32_t build_effort = 200;
  // OpenMP threads; 0 means OpenMP's default. With more than one thread the
  // order of insertion, and so the graph, differs from run to run.
  uint32_t threads = 0;
};

// Called with the rows done so far, from the building thread; false cancels.
using BuildProgress = std::function<bool(uint64_t rows_done)>;

// INVALID_ARGUMENT: an empty table, or more than 2^31 - 1 rows (FAISS' ids).
// CANCELLED: `progress` said so. INTERNAL: FAISS threw.
absl::StatusOr<Graph> BuildGraph(const Table& table,
                                 const GraphOptions& options,
                                 const BuildProgress& progress = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_BUILD_GRAPH_BUILDER_H_
