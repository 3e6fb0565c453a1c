// How a table is searched: one interface, one implementation per kind of index.

#ifndef AKIN_INDEX_SEARCH_SEARCHER_H_
#define AKIN_INDEX_SEARCH_SEARCHER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "index/base/worker_pool.h"

namespace akin {

enum class IndexKind : uint8_t { kExact, kGraph };

struct Neighbor {
  uint32_t row;
  float score;

  friend bool operator==(const Neighbor&, const Neighbor&) = default;
};

// The order of every answer: higher score first, then lower row.
inline bool Better(const Neighbor& a, const Neighbor& b) {
  return a.score > b.score || (a.score == b.score && a.row < b.row);
}

struct SearchStats {
  uint64_t distances = 0;  // vectors compared with the query
  uint64_t hops = 0;       // graph vertices expanded
  bool exact = false;      // every row was compared
};

// One query and its answer.
struct SearchTask {
  // In. `query` has the table's dimension, is finite, and has length 1 under
  // cosine; it must outlive the search. `k` is at least 1.
  absl::Span<const float> query;
  size_t k = 0;
  // Out. The best min(k, rows) found, best first.
  std::vector<Neighbor> neighbors = {};
  SearchStats stats = {};
};

// Immutable, so thread-safe.
class Searcher {
 public:
  virtual ~Searcher() = default;

  virtual IndexKind kind() const = 0;

  virtual void Search(SearchTask* task) const = 0;

  // Answers every task, spread over `pool`.
  virtual void BatchSearch(absl::Span<SearchTask> tasks,
                           WorkerPool* pool) const {
    pool->ParallelFor(tasks.size(), [&](size_t i) { Search(&tasks[i]); });
  }

  // Beyond the table's own.
  virtual size_t memory_bytes() const = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_SEARCHER_H_
