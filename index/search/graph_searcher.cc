#include "index/search/graph_searcher.h"

#include <algorithm>
#include <cmath>

#include "index/search/aligned_buffer.h"
#include "index/search/walk.h"

namespace akin {
namespace {

constexpr uint32_t kExpandedBit = 0x8000'0000;
// A walk under a filter keeps so many rows in view for every result; nearer to
// the beam's end it has not met all rows.
constexpr size_t kEffortPerResult = 2;
// How much longer the beam is when a walk has found too few rows.
constexpr size_t kLonger = 2;

// Rows of the table that may be in the task's answer.
size_t Reachable(const Table& table, const SearchTask& task) {
  size_t rows = table.rows();
  if (task.allowed != nullptr) rows = task.allowed->count();
  if (task.hidden_row != kNoRow &&
      (task.allowed == nullptr || task.allowed->Contains(task.hidden_row))) {
    --rows;
  }
  return rows;
}

}  // namespace

void GraphSearcher::Search(SearchTask* task) const {
  const size_t wanted = std::min(task->k, Reachable(table_, *task));
  size_t effort = EffortFor(*task, wanted);
  task->stats = {};
  // A short beam may be exhausted before enough rows were met. Under a filter a
  // longer one is no remedy: the rows looked at are as many.
  while (effort != 0) {
    Walk(effort, wanted, task);
    if (task->stopped || task->neighbors.size() == wanted) return;
    const bool longer =
        task->allowed == nullptr && WalkPays(*task, kLonger * effort);
    effort = longer ? kLonger * effort : 0;
  }
  exact_.Search(task);
}

void GraphSearcher::Walk(size_t effort, size_t wanted, SearchTask* task) const {
  WalkScratch& scratch = ThreadWalkScratch();
  WalkOptions options;
  options.effort = effort;
  options.results = ResultsFor(*task, wanted);
  options.stop_factor = task->allowed == nullptr ? stop_factor_ : 0.0f;
  options.hidden_row = task->hidden_row;
  options.stop = task->stop;
  walker_->Walk(task->query, options, &scratch);
  task->stats.Add(scratch.stats);
  task->neighbors.clear();
  task->stopped = scratch.stopped;
  if (!task->stopped) Score(*scratch.nearest, options.results, wanted, task);
}

size_t GraphSearcher::EffortFor(const SearchTask& task, size_t wanted) const {
  if (wanted == 0) return 0;
  size_t effort = task.effort;
  if (effort == 0 && calibration_.empty()) effort = kDefaultEffort;
  if (effort == 0) {
    const auto calibrated =
        calibration_.EffortFor(task.target_recall, wanted, task.query_table);
    if (!calibrated.has_value()) return 0;
    effort = *calibrated;
  }
  effort = std::max(effort, wanted);
  if (task.allowed != nullptr) {
    // The walk goes by all rows, so that it cannot be cut off from the allowed
    // ones; of what it finds, only their share is of use.
    effort = std::max(PerAllowed(task, static_cast<double>(effort)),
                      kEffortPerResult * ResultsFor(task, wanted));
  }
  return WalkPays(task, effort) ? effort : 0;
}

// Under a filter the nearest results, whether allowed or not, must hold enough
// allowed ones by a margin against chance. When they do not, because the filter
// forbids just what is near the query, the allowed rows that were met on the
// way there are no answer.
size_t GraphSearcher::ResultsFor(const SearchTask& task, size_t wanted) const {
  constexpr double kMargin = 1.5;
  const size_t results = walker_->RowsToScore(wanted);
  if (task.allowed == nullptr) return results;
  return PerAllowed(task, kMargin * static_cast<double>(results));
}

// How many rows of the table hold `rows` allowed ones, on average.
size_t GraphSearcher::PerAllowed(const SearchTask& task, double rows) const {
  const auto all = static_cast<double>(table_.rows());
  const auto allowed = static_cast<double>(task.allowed->count());
  return static_cast<size_t>(std::min(all, std::ceil(rows * all / allowed)));
}

// A walk compares some twenty rows per entry of the beam, at random addresses;
// a scan reads rows in order, or a filter's in rising order.
bool GraphSearcher::WalkPays(const SearchTask& task, size_t effort) const {
  constexpr size_t kRowsPerEffort = 10;
  const size_t scanned =
      task.allowed != nullptr ? task.allowed->count() : table_.rows();
  return effort * kRowsPerEffort < scanned;
}

void GraphSearcher::Score(const BeamArrays& nearest, size_t results,
                          size_t wanted, SearchTask* task) const {
  thread_local AlignedBuffer<float> decoded;
  const size_t most = walker_->RowsToScore(wanted);
  task->neighbors.reserve(most);
  const size_t end = std::min(nearest.size, results);
  for (size_t i = 0; i < end && task->neighbors.size() < most; ++i) {
    const uint32_t row = nearest.rows[i] & ~kExpandedBit;
    if (task->allowed != nullptr && !task->allowed->Contains(row)) continue;
    scores_.Prefetch(row);
    task->neighbors.push_back({row, 0});
  }
  for (Neighbor& near : task->neighbors) {
    near.score = scores_.Score(task->query.data(), near.row, &decoded);
  }
  task->stats.reranks += task->neighbors.size();
  std::sort(task->neighbors.begin(), task->neighbors.end(), Better);
  if (task->neighbors.size() > wanted) task->neighbors.resize(wanted);
}

}  // namespace akin
