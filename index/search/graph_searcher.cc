#include "index/search/graph_searcher.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "index/kernels/distances.h"

namespace akin {
namespace {

// Which rows this query has met. A row is met when its stamp is the query's, so
// that nothing is cleared between queries but every 65,535th.
class VisitedRows {
 public:
  void Begin(size_t rows) {
    if (stamps_.size() < rows) stamps_.resize(rows, 0);
    if (++now_ == 0) {
      std::fill(stamps_.begin(), stamps_.end(), 0);
      now_ = 1;
    }
  }
  // True the first time.
  bool Visit(uint32_t row) {
    if (stamps_[row] == now_) return false;
    stamps_[row] = now_;
    return true;
  }

 private:
  std::vector<uint16_t> stamps_;
  uint16_t now_ = 0;
};

// The best rows found so far, best first, at most `capacity`; each is expanded
// at most once. One sorted array: at these sizes a memmove beats a heap.
class Pool {
 public:
  void Begin(size_t capacity) {
    capacity_ = capacity;
    entries_.clear();
    entries_.reserve(capacity + 1);
    cursor_ = 0;
  }

  bool Takes(float score) const {
    return entries_.size() < capacity_ || score > entries_.back().near.score;
  }

  void Insert(Neighbor near) {
    const auto at = std::upper_bound(
        entries_.begin(), entries_.end(), near,
        [](const Neighbor& a, const Entry& b) { return Better(a, b.near); });
    const auto position = static_cast<size_t>(at - entries_.begin());
    entries_.insert(at, {near, false});
    if (entries_.size() > capacity_) entries_.pop_back();
    cursor_ = std::min(cursor_, position);
  }

  // The best row not yet expanded, or kNoRow.
  uint32_t Next() {
    while (cursor_ < entries_.size() && entries_[cursor_].expanded) ++cursor_;
    if (cursor_ == entries_.size()) return kNoRow;
    entries_[cursor_].expanded = true;
    return entries_[cursor_].near.row;
  }

  size_t size() const { return entries_.size(); }
  const Neighbor& operator[](size_t i) const { return entries_[i].near; }

 private:
  struct Entry {
    Neighbor near;
    bool expanded;
  };
  size_t capacity_ = 0;
  std::vector<Entry> entries_;
  size_t cursor_ = 0;
};

// What a thread keeps from query to query, so that a warm one allocates nothing
// but its answer.
struct Scratch {
  VisitedRows visited;
  Pool pool;
  std::vector<uint32_t> fresh;
};

Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

void Prefetch(const float* vector, size_t dimension) {
  constexpr size_t kLine = 64;
  constexpr size_t kMaxLines = 8;  // the hardware prefetcher takes over
  const size_t bytes = dimension * sizeof(float);
  const char* p = reinterpret_cast<const char*>(vector);
  for (size_t i = 0; i < std::min(bytes, kLine * kMaxLines); i += kLine) {
    __builtin_prefetch(p + i);
  }
}

}  // namespace

// One query's way through the graph.
class GraphSearcher::Walk {
 public:
  Walk(const GraphSearcher& searcher, absl::Span<const float> query)
      : table_(searcher.table_),
        graph_(searcher.graph_),
        query_(query),
        distance_(table_.metric() == Metric::kL2 ? ActiveKernels().l2
                                                 : ActiveKernels().dot),
        sign_(table_.metric() == Metric::kL2 ? -1.0f : 1.0f) {}

  // Greedy from the entry down to the best vertex of level 1.
  Neighbor Descend() {
    Neighbor best{graph_.entry, Score(graph_.entry)};
    for (uint32_t level = graph_.top_level; level >= 1; --level) {
      for (bool moved = true; moved;) {
        moved = false;
        ++stats_.hops;
        for (const uint32_t row : graph_.UpperLinks(best.row, level)) {
          if (row == kNoRow) break;
          const Neighbor near{row, Score(row)};
          if (Better(near, best)) {
            best = near;
            moved = true;
          }
        }
      }
    }
    return best;
  }

  void Expand(const Neighbor& start, size_t pool_size, Scratch* scratch) {
    Pool& pool = scratch->pool;
    pool.Begin(pool_size);
    scratch->visited.Begin(table_.rows());
    scratch->visited.Visit(start.row);
    pool.Insert(start);
    for (uint32_t row; (row = pool.Next()) != kNoRow;) {
      ++stats_.hops;
      CollectFresh(row, scratch);
      for (const uint32_t fresh : scratch->fresh) {
        const float score = Score(fresh);
        if (pool.Takes(score)) pool.Insert({fresh, score});
      }
    }
  }

  const SearchStats& stats() const { return stats_; }

 private:
  // Unvisited neighbours of `row`; their vectors are on the way to the cache.
  void CollectFresh(uint32_t row, Scratch* scratch) {
    scratch->fresh.clear();
    for (const uint32_t link : graph_.BaseLinks(row)) {
      if (link == kNoRow) break;
      if (!scratch->visited.Visit(link)) continue;
      scratch->fresh.push_back(link);
      Prefetch(table_.SearchVector(link).data(), table_.dimension());
    }
  }

  float Score(uint32_t row) {
    ++stats_.distances;
    return sign_ * distance_(query_.data(), table_.SearchVector(row).data(),
                             query_.size());
  }

  const Table& table_;
  const Graph& graph_;
  const absl::Span<const float> query_;
  float (*const distance_)(const float*, const float*, size_t);
  const float sign_;
  SearchStats stats_;
};

GraphSearcher::GraphSearcher(const Table* table, Graph graph, size_t effort)
    : table_(*table),
      graph_(std::move(graph)),
      effort_(effort),
      exact_(table) {}

void GraphSearcher::Search(SearchTask* task) const {
  const size_t rows = table_.rows();
  const size_t wanted = std::min(task->k, rows);
  const size_t pool_size = std::max(wanted, effort_);
  // A walk computes some ten distances per pool entry, at random addresses.
  if (pool_size >= rows / 8) return exact_.Search(task);

  Walk walk(*this, task->query);
  Scratch& scratch = ThreadScratch();
  walk.Expand(walk.Descend(), pool_size, &scratch);
  if (scratch.pool.size() < wanted) return exact_.Search(task);

  task->neighbors.clear();
  task->neighbors.reserve(wanted);
  for (size_t i = 0; i < wanted; ++i) {
    task->neighbors.push_back(scratch.pool[i]);
  }
  task->stats = walk.stats();
}

}  // namespace akin
