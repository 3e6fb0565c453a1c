// A graph with its codes beside it: links in one array, codes in another.
// Small, and at few dimensions the fastest, as a code is a single cache line.
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_SEARCH_FLAT_INDEX_H_
#define AKIN_INDEX_SEARCH_FLAT_INDEX_H_

#include <cstddef>

#include "index/base/page_buffer.h"
#include "index/search/flat_walk.h"
#include "index/search/graph.h"
#include "index/search/graph_walker.h"
#include "index/table/codes.h"

namespace akin {

class FlatIndex : public GraphWalker {
 public:
  // `graph` has rows for those of `codes`, which must outlive the index.
  // RESOURCE_EXHAUSTED: no memory.
  static absl::StatusOr<FlatIndex> Build(const Codes* codes, Graph graph);

  void Walk(absl::Span<const float> query, const WalkOptions& options,
            WalkScratch* scratch) const override;

  // Codes misplace neighbours by a few ranks.
  size_t RowsToScore(size_t k) const override { return k + k * 2 / 5 + 4; }

  // The graph; the codes are sealed by who owns them.
  absl::Status Seal(SealedFileWriter* file) const override {
    return graph_.Seal(file);
  }

  size_t memory_bytes() const override {
    return graph_.memory_bytes() + entry_codes_.capacity();
  }

 private:
  FlatIndex(const Codes* codes, Graph graph);

  const Codes* codes_;
  Graph graph_;
  PageBuffer entry_codes_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_FLAT_INDEX_H_
