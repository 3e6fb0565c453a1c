// A table -> a searcher that walks a graph: codes, links, layout.

#ifndef AKIN_INDEX_BUILD_GRAPH_INDEX_H_
#define AKIN_INDEX_BUILD_GRAPH_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "index/base/worker_pool.h"
#include "index/build/graph_builder.h"
#include "index/search/graph_searcher.h"
#include "index/table/codes.h"
#include "index/table/table.h"

namespace akin {

// What a table's memory is spent on.
enum class Profile : uint8_t {
  kAuto,     // kFast
  kFast,     // the fastest layout, beside the vectors at full precision
  kCompact,  // one byte per component and the links; the vectors are dropped
};

// How a graph and what it is walked with lie in memory.
enum class GraphLayout : uint8_t {
  kAuto,  // by profile and dimension
  kFlat,  // codes and links apart; index/search/flat_index.h
  kRows,  // one row per vertex with its neighbours' codes; rows_index.h
};

struct GraphIndexOptions {
  Profile profile = Profile::kAuto;
  GraphLayout layout = GraphLayout::kAuto;
  uint32_t bits =
      0;  // of a neighbour's code in kRows: 1, 2, 4; 0: by dimension
  uint32_t degree = 0;  // links per vertex, a multiple of 32; 0: by layout
  uint32_t build_effort =
      0;  // pool of the search for a new row's neighbours; 0: the default
};

// The same table and options give the same index, on any number of threads.
// `codes` are the table's and `exact` searches it; all three must outlive the
// result, but `codes` need not outlive an index of the layout kRows.
// INVALID_ARGUMENT: an empty table, or options out of range. CANCELLED:
// `progress` said so. RESOURCE_EXHAUSTED: no memory.
absl::StatusOr<std::unique_ptr<GraphSearcher>> BuildGraphIndex(
    const Table& table, const Codes& codes, const Searcher* exact,
    const GraphIndexOptions& options, WorkerPool* pool,
    const BuildProgress& progress = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_BUILD_GRAPH_INDEX_H_
