// How a table is searched: one interface, one implementation per kind of index.

#ifndef AKIN_INDEX_SEARCH_SEARCHER_H_
#define AKIN_INDEX_SEARCH_SEARCHER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/worker_pool.h"
#include "index/search/calibration.h"
#include "index/search/row_set.h"
#include "index/search/stop_signal.h"

namespace akin {

enum class IndexKind : uint8_t { kExact, kGraph };

// No row: the end of a list of links, or "none" where a row may be named.
inline constexpr uint32_t kNoRow = 0xFFFF'FFFF;

inline constexpr float kDefaultTargetRecall = 0.95f;

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
  uint64_t distances = 0;  // vectors compared with the query, roughly or fully
  uint64_t hops = 0;       // graph vertices expanded
  uint64_t reranks = 0;    // vectors compared again, at full precision
  uint64_t lines = 0;      // 64-byte lines of the index that were read
  bool exact = false;      // the answer is exact

  // Counts what another walk for the same answer took.
  void Add(const SearchStats& walk) {
    distances += walk.distances;
    hops += walk.hops;
    reranks += walk.reranks;
    lines += walk.lines;
  }
};

// One query and its answer.
struct SearchTask {
  // In. `query` has the table's dimension, is finite, and has length 1 under
  // cosine; it must outlive the search, as must all that is pointed to. `k` is
  // at least 1.
  absl::Span<const float> query;
  size_t k = 0;
  // What share of the true neighbours is wanted, in (0, 1]; the index finds out
  // from its calibration what that takes.
  float target_recall = kDefaultTargetRecall;
  // The table that the query's vector comes from, if it is not the searched
  // one: its queries may be harder, and calibrated apart.
  absl::string_view query_table = {};
  // Vertices kept while walking a graph; 0: as target_recall needs.
  size_t effort = 0;
  // What the effort that target_recall needs is multiplied by; more than 0.
  float effort_factor = 1;
  // Only these rows may be in the answer; null: all.
  const RowSet* allowed = nullptr;
  // A row that the search must act as if it did not exist: calibration asks
  // for the neighbours of rows of the table.
  uint32_t hidden_row = kNoRow;
  // Looked at between blocks of work of less than a millisecond; null: never.
  const StopSignal* stop = nullptr;
  // Out. The best min(k, allowed rows) found, best first. Empty when stopped.
  std::vector<Neighbor> neighbors = {};
  SearchStats stats = {};
  bool stopped = false;
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

  // What it knows of its own recall; null: it is exact.
  virtual const Calibration* calibration() const { return nullptr; }
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_SEARCHER_H_
