#include "index/search/exact_searcher.h"

#include <vector>

#include "index/search/batch_scan.h"
#include "index/search/candidates.h"
#include "index/search/code_scan.h"
#include "index/search/full_scan.h"
#include "index/search/task_rows.h"

namespace akin {
namespace {

// Fewer queries than this are answered sooner one by one. (Measured at 50, 128
// and 768 components; codes are read so fast that it takes more of them.)
constexpr size_t kLeastCodeBatch = 4;
constexpr size_t kLeastFloatBatch = 2;

struct Scratch {
  std::vector<SearchTask*> together;
  std::vector<SearchTask*> alone;
};

Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

void Reset(SearchTask* task) {
  task->neighbors.clear();
  task->stats = {};
  task->stopped = false;
}

}  // namespace

void ExactSearcher::Search(SearchTask* task) const {
  Reset(task);
  const bool few = task->k < MostCandidates(RowsInReach(*task, table_.rows()));
  if (codes_ != nullptr && few && CodeScan(scores_, *codes_, task)) return;
  FullScan(scores_, {&task, 1});
}

void ExactSearcher::BatchSearch(absl::Span<SearchTask> tasks,
                                WorkerPool* pool) const {
  Scratch& scratch = ThreadScratch();
  scratch.together.clear();
  scratch.alone.clear();
  for (SearchTask& task : tasks) {
    (FitsBatchScan(task, table_.rows()) ? scratch.together : scratch.alone)
        .push_back(&task);
  }
  if (scratch.together.size() <
      (codes_ != nullptr ? kLeastCodeBatch : kLeastFloatBatch)) {
    scratch.alone.insert(scratch.alone.end(), scratch.together.begin(),
                         scratch.together.end());
    scratch.together.clear();
  }
  for (SearchTask* task : scratch.together) Reset(task);
  if (!scratch.together.empty()) {
    BatchScan({&scores_, codes_, table_.metric()}, scratch.together, pool);
  }
  pool->ParallelFor(scratch.alone.size(),
                    [&](size_t i) { Search(scratch.alone[i]); });
}

}  // namespace akin
