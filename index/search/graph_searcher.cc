#include "index/search/graph_searcher.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "index/search/aligned_buffer.h"
#include "index/search/walk.h"

namespace akin {
namespace {

constexpr uint32_t kExpandedBit = 0x8000'0000;
// How much longer the beam is when a walk has found too few rows, or none near
// enough.
constexpr size_t kLonger = 2;
// Under a filter: a second walk knows from the first what is around the query.
constexpr int kMostWalks = 2;

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

// Up to `most` of the nearest rows, as neighbours without a score.
void TakeNearest(const BeamArrays& nearest, size_t most,
                 const RowScores& scores, std::vector<Neighbor>* neighbors) {
  const size_t count = std::min(nearest.size, most);
  neighbors->reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t row = nearest.rows[i] & ~kExpandedBit;
    scores.Prefetch(row);
    neighbors->push_back({row, 0});
  }
}

// The same of those that are allowed. Returns within how many of the nearest
// rows the first `wanted` of them lie; 0: there are fewer.
size_t TakeAllowed(const BeamArrays& nearest, size_t wanted, size_t most,
                   const RowSet& allowed, const RowScores& scores,
                   std::vector<Neighbor>* neighbors) {
  size_t reached = 0;
  neighbors->reserve(most);
  for (size_t i = 0; i < nearest.size && neighbors->size() < most; ++i) {
    const uint32_t row = nearest.rows[i] & ~kExpandedBit;
    if (!allowed.Contains(row)) continue;
    scores.Prefetch(row);
    neighbors->push_back({row, 0});
    if (neighbors->size() == wanted) reached = i + 1;
  }
  return reached;
}

}  // namespace

void GraphSearcher::Search(SearchTask* task) const {
  task->stats = {};
  task->stopped = false;
  const size_t wanted = std::min(task->k, Reachable(table_, *task));
  const bool answered =
      wanted > 0 && (task->allowed == nullptr ? SearchAll(wanted, task)
                                              : SearchAllowed(wanted, task));
  if (!answered) exact_.Search(task);
}

bool GraphSearcher::SearchAll(size_t wanted, SearchTask* task) const {
  const size_t most = walker_->RowsToScore(wanted);
  size_t effort = EffortFor(*task, wanted, wanted);
  // A short beam may be exhausted before enough rows were met.
  for (; effort != 0 && WalkPays(*task, effort, wanted); effort *= kLonger) {
    const BeamArrays* const nearest = Walk(effort, most, task);
    if (nearest == nullptr) return true;
    if (nearest->size < wanted) continue;
    TakeNearest(*nearest, most, scores_, &task->neighbors);
    Score(wanted, task);
    return true;
  }
  return false;
}

// The walk goes by all rows, so that it cannot be cut off from the allowed
// ones. How many of the nearest rows it has to find for that depends on the
// share of the allowed ones: first on that of all rows of the table. When the
// filter forbids just what is near the query, the allowed rows that were met on
// the way there are no answer; a second walk goes by what share the first met.
bool GraphSearcher::SearchAllowed(size_t wanted, SearchTask* task) const {
  const size_t most = walker_->RowsToScore(wanted);
  double share = static_cast<double>(task->allowed->count()) /
                 static_cast<double>(table_.rows());
  for (int walks = 0; walks < kMostWalks; ++walks) {
    AllowedWalk plan = PlanFor(*task, wanted, share);
    // What lies behind forbidden rows is found less surely than they are.
    if (walks > 0) plan.effort *= kLonger;
    if (plan.effort == 0 || !WalkPays(*task, plan.effort, plan.reach)) {
      return false;
    }
    const BeamArrays* const nearest = Walk(plan.effort, plan.effort, task);
    if (nearest == nullptr) return true;
    const size_t reached = TakeAllowed(*nearest, wanted, most, *task->allowed,
                                       scores_, &task->neighbors);
    if (reached != 0 && reached <= plan.reach) {
      Score(wanted, task);
      return true;
    }
    // Of none met, half a row.
    share = reached != 0
                ? static_cast<double>(wanted) / static_cast<double>(reached)
                : std::max(0.5, static_cast<double>(task->neighbors.size())) /
                      static_cast<double>(std::max<size_t>(nearest->size, 1));
  }
  return false;
}

// Among how many of the nearest rows `wanted` allowed ones lie varies from
// query to query as if each row were allowed by chance. The walk finds what
// lies one standard deviation beyond the mean as well as it is asked to; an
// answer may lie at two, where it is a little worse.
GraphSearcher::AllowedWalk GraphSearcher::PlanFor(const SearchTask& task,
                                                  size_t wanted,
                                                  double share) const {
  const auto mean = static_cast<double>(wanted);
  const double deviation = std::sqrt(mean * (1 - share));
  const auto rows_with = [&](double allowed) {
    const double rows = std::ceil(allowed / share);
    return static_cast<size_t>(
        std::min(rows, static_cast<double>(table_.rows())));
  };
  const size_t depth = rows_with(mean + deviation);
  AllowedWalk plan;
  plan.reach = rows_with(mean + 2 * deviation + 1);
  plan.effort = EffortFor(task, wanted, depth);
  if (plan.effort != 0) plan.effort = std::max(plan.effort, plan.reach);
  return plan;
}

size_t GraphSearcher::EffortFor(const SearchTask& task, size_t wanted,
                                size_t depth) const {
  const auto adjusted = [&](size_t effort) {
    return static_cast<size_t>(static_cast<float>(effort) * task.effort_factor);
  };
  if (task.effort == 0 && !calibration_.empty()) {
    const std::optional<size_t> effort =
        calibration_.EffortFor(task.target_recall, depth, task.query_table);
    return effort.has_value() ? std::max(adjusted(*effort), depth) : 0;
  }
  // What is known is the effort for `wanted` rows. Calibrations grow about with
  // the root of the depth, until the beam is twice as long as what is found.
  constexpr size_t kEffortPerRow = 2;
  const size_t effort = std::max(
      task.effort != 0 ? task.effort : adjusted(kDefaultEffort), wanted);
  if (depth <= wanted) return effort;
  const double growth =
      std::sqrt(static_cast<double>(depth) / static_cast<double>(wanted));
  return std::max(static_cast<size_t>(static_cast<double>(effort) * growth),
                  kEffortPerRow * depth);
}

bool GraphSearcher::WalkPays(const SearchTask& task, size_t effort,
                             size_t depth) const {
  const size_t scanned =
      task.allowed != nullptr ? task.allowed->count() : table_.rows();
  const double exact = calibration_.exact_microseconds();
  if (task.allowed != nullptr && task.effort == 0 && exact > 0) {
    // Rows here and there take three times as long as all in order.
    constexpr double kListedRow = 3;
    const double share =
        static_cast<double>(scanned) / static_cast<double>(table_.rows());
    const std::optional<RecallPoint> walk =
        calibration_.Expect(effort, depth, task.query_table);
    if (walk.has_value()) {
      return walk->microseconds < exact * std::min(1.0, kListedRow * share);
    }
  }
  // A walk compares some twenty rows per entry of the beam, at random
  // addresses; a scan reads rows in order, or a filter's in rising order.
  constexpr size_t kRowsPerEffort = 10;
  return effort * kRowsPerEffort < scanned;
}

const BeamArrays* GraphSearcher::Walk(size_t effort, size_t results,
                                      SearchTask* task) const {
  WalkScratch& scratch = ThreadWalkScratch();
  WalkOptions options;
  options.effort = effort;
  options.results = results;
  options.stop_factor = task->allowed == nullptr ? stop_factor_ : 0.0f;
  options.hidden_row = task->hidden_row;
  options.stop = task->stop;
  walker_->Walk(task->query, options, &scratch);
  task->stats.Add(scratch.stats);
  task->neighbors.clear();
  task->stopped = scratch.stopped;
  return task->stopped ? nullptr : scratch.nearest;
}

void GraphSearcher::Score(size_t wanted, SearchTask* task) const {
  thread_local AlignedBuffer<float> decoded;
  for (Neighbor& near : task->neighbors) {
    near.score = scores_.Score(task->query.data(), near.row, &decoded);
  }
  task->stats.reranks += task->neighbors.size();
  std::sort(task->neighbors.begin(), task->neighbors.end(), Better);
  if (task->neighbors.size() > wanted) task->neighbors.resize(wanted);
}

}  // namespace akin
