// A navigable graph over the rows of a table, as data: every row has links to
// rows near it, spread in all directions, and a few entry rows start a walk.

#ifndef AKIN_INDEX_SEARCH_GRAPH_H_
#define AKIN_INDEX_SEARCH_GRAPH_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "index/base/page_buffer.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"
#include "index/search/entries.h"
#include "index/search/searcher.h"

namespace akin {

struct Graph {
  size_t rows = 0;
  uint32_t degree = 0;  // links a row has, at most
  // rows x degree uint32_t; a list shorter than that ends with kNoRow.
  PageBuffer links;
  // Every row can be reached from one of them.
  Entries entries;

  const uint32_t* Links(size_t row) const {
    return reinterpret_cast<const uint32_t*>(links.data()) + row * degree;
  }
  uint32_t* MutableLinks(size_t row) {
    return reinterpret_cast<uint32_t*>(links.data()) + row * degree;
  }

  // Sections "graph.*". DATA_LOSS: not a graph over `rows` rows.
  absl::Status Seal(SealedFileWriter* file) const;
  static absl::StatusOr<Graph> Unseal(const SealedFile& file, size_t rows,
                                      WorkerPool* pool);

  size_t memory_bytes() const {
    return rows * degree * sizeof(uint32_t) + entries.memory_bytes();
  }
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_GRAPH_H_
