#include "index/search/batch_scan.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "index/search/candidates.h"
#include "index/search/full_scan.h"
#include "index/search/rerank.h"
#include "index/search/task_rows.h"
#include "index/search/tile_scan.h"

namespace akin {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kMaxGroup = 128;
// What a group's candidates may be, so that a thread's scratch stays small.
constexpr size_t kMaxGroupCandidates = size_t{1} << 18;
// A range of rows is worth a start with nothing ruled out.
constexpr size_t kLeastPartRows = 4096;
// Sets with fewer than one row in so many are better walked row by row.
constexpr size_t kSparse = 4;

// How a batch is cut: each part is a group of queries and a range of rows.
struct Cut {
  size_t group_queries;
  size_t groups;
  size_t ranges;
};

Cut CutBatch(absl::Span<SearchTask* const> tasks, size_t rows, size_t threads) {
  size_t most_wanted = 1;
  for (const SearchTask* task : tasks) {
    most_wanted = std::max(most_wanted, std::min(task->k, rows));
  }
  const size_t limit =
      std::clamp<size_t>(kMaxGroupCandidates / most_wanted, 1, kMaxGroup);
  Cut cut{};
  cut.groups = (tasks.size() + limit - 1) / limit;
  cut.ranges = 1;
  if (cut.groups >= threads) {
    // Each thread gets as many groups as the others.
    cut.groups =
        std::min((cut.groups + threads - 1) / threads * threads, tasks.size());
  } else {
    // With few groups, rows are divided too.
    cut.ranges = std::clamp<size_t>((threads + cut.groups - 1) / cut.groups, 1,
                                    std::max<size_t>(rows / kLeastPartRows, 1));
  }
  cut.group_queries = (tasks.size() + cut.groups - 1) / cut.groups;
  cut.groups = (tasks.size() + cut.group_queries - 1) / cut.group_queries;
  return cut;
}

// The queries of parts, with the candidates that stay from batch to batch.
class Runners {
 public:
  // Of range r and task i: runner r * tasks.size() + i.
  absl::Span<TileRunner> Begin(absl::Span<SearchTask* const> tasks,
                               size_t ranges, size_t rows) {
    const size_t count = tasks.size() * ranges;
    while (candidates_.size() < count) {
      candidates_.push_back(std::make_unique<Candidates>());
    }
    runners_.resize(count);
    for (size_t i = 0; i < count; ++i) {
      SearchTask* task = tasks[i % tasks.size()];
      const size_t reach = RowsInReach(*task, rows);
      candidates_[i]->Begin(std::min(task->k, reach), MostCandidates(reach));
      runners_[i] = {task, candidates_[i].get(), false};
    }
    return absl::MakeSpan(runners_);
  }

 private:
  std::vector<std::unique_ptr<Candidates>> candidates_;
  std::vector<TileRunner> runners_;
};

template <class Rows>
struct Scratch {
  TileScan<Rows> scan;
  Runners own;     // of the part that this thread runs
  Runners shared;  // of all parts of the batch that this thread called
  std::vector<SearchTask*> rest;
};

template <class Rows>
Scratch<Rows>& ThreadScratch() {
  thread_local Scratch<Rows> scratch;
  return scratch;
}

size_t RowBytes(const TileSource& source) {
  return source.codes != nullptr ? source.codes->stride() + sizeof(float)
                                 : source.scores->row_bytes();
}

// True when the task is answered or stopped; else all rows must be scored.
// `sharers` queries read the rows together.
bool Finish(const TileSource& source, const TileRunner& runner,
            size_t sharers) {
  SearchTask* task = runner.task;
  const size_t rows = source.scores->rows();
  task->stats.distances = RowsInReach(*task, rows);
  task->stats.lines += rows * RowBytes(source) / kLine / sharers;
  if (runner.stopped) {
    AnswerStopped(task);
    return true;
  }
  runner.candidates->Finish();
  if (runner.candidates->gave_up()) return false;
  Rerank(*source.scores, runner.candidates, task);
  return true;
}

// Every part has all rows, and answers its queries.
template <class Rows>
void ScanGroups(const TileSource& source, absl::Span<SearchTask* const> tasks,
                const Cut& cut, WorkerPool* pool) {
  const size_t rows = source.scores->rows();
  pool->ParallelFor(cut.groups, [&](size_t part) {
    Scratch<Rows>& scratch = ThreadScratch<Rows>();
    const auto group =
        tasks.subspan(part * cut.group_queries, cut.group_queries);
    const auto runners = scratch.own.Begin(group, 1, rows);
    scratch.scan.Run(source, runners, 0, rows);
    scratch.rest.clear();
    for (const TileRunner& runner : runners) {
      if (!Finish(source, runner, group.size())) {
        scratch.rest.push_back(runner.task);
      }
    }
    FullScan(*source.scores, scratch.rest);
  });
}

// Every part has some rows; what they leave is put together afterwards.
template <class Rows>
void ScanRanges(const TileSource& source, absl::Span<SearchTask* const> tasks,
                const Cut& cut, WorkerPool* pool) {
  const size_t rows = source.scores->rows();
  const auto runners =
      ThreadScratch<Rows>().shared.Begin(tasks, cut.ranges, rows);
  pool->ParallelFor(cut.groups * cut.ranges, [&](size_t part) {
    const size_t range = part % cut.ranges;
    const size_t group = part / cut.ranges;
    ThreadScratch<Rows>().scan.Run(
        source,
        runners.subspan(range * tasks.size(), tasks.size())
            .subspan(group * cut.group_queries, cut.group_queries),
        rows * range / cut.ranges, rows * (range + 1) / cut.ranges);
  });
  pool->ParallelFor(tasks.size(), [&](size_t i) {
    TileRunner& runner = runners[i];
    for (size_t range = 1; range < cut.ranges; ++range) {
      const TileRunner& other = runners[range * tasks.size() + i];
      runner.stopped |= other.stopped;
      runner.candidates->Merge(*other.candidates);
    }
    if (!Finish(source, runner, std::min(tasks.size(), cut.group_queries))) {
      FullScan(*source.scores, {&runner.task, 1});
    }
  });
}

template <class Rows>
void ScanWith(const TileSource& source, absl::Span<SearchTask* const> tasks,
              WorkerPool* pool) {
  const Cut cut = CutBatch(tasks, source.scores->rows(), pool->threads());
  if (cut.ranges == 1) {
    ScanGroups<Rows>(source, tasks, cut, pool);
  } else {
    ScanRanges<Rows>(source, tasks, cut, pool);
  }
}

}  // namespace

bool FitsBatchScan(const SearchTask& task, size_t rows) {
  const bool sparse =
      task.allowed != nullptr && task.allowed->count() < rows / kSparse;
  return !sparse && task.k < MostCandidates(RowsInReach(task, rows));
}

void BatchScan(const TileSource& source, absl::Span<SearchTask* const> tasks,
               WorkerPool* pool) {
  if (source.codes != nullptr) {
    ScanWith<CodeTileRows>(source, tasks, pool);
  } else {
    ScanWith<FloatTileRows>(source, tasks, pool);
  }
}

}  // namespace akin
