// How a graph lies in memory and is walked: one interface, one implementation
// per layout. Immutable, so thread-safe.

#ifndef AKIN_INDEX_SEARCH_GRAPH_WALKER_H_
#define AKIN_INDEX_SEARCH_GRAPH_WALKER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "index/base/sealed_file.h"
#include "index/search/walk.h"

namespace akin {

class GraphWalker {
 public:
  virtual ~GraphWalker() = default;

  // Walks for `query`, which has the table's dimension. Leaves the nearest
  // rows, at least options.results if its beam is as long and it has met as
  // many, in scratch->nearest, with their squared distances as the layout knows
  // them.
  virtual void Walk(absl::Span<const float> query, const WalkOptions& options,
                    WalkScratch* scratch) const = 0;

  // How many of the nearest rows must be scored in full so that the best `k`
  // are among them, as far as the walk has met them.
  virtual size_t RowsToScore(size_t k) const = 0;

  virtual size_t memory_bytes() const = 0;

  // Writes what Unseal of the implementation reads.
  virtual absl::Status Seal(SealedFileWriter* file) const = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_GRAPH_WALKER_H_
