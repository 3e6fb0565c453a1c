#include "index/search/exact_searcher.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "index/kernels/distances.h"
#include "index/search/top_k.h"

namespace akin {
namespace {

// A block of rows stays in the first-level cache while a group of queries is
// compared with it.
constexpr size_t kBlockBytes = size_t{16} << 10;
constexpr size_t kMaxBlockRows = 1024;
constexpr size_t kGroupQueries = 16;

}  // namespace

void ExactSearcher::Search(SearchTask* task) const {
  SearchGroup(absl::MakeSpan(task, 1));
}

void ExactSearcher::BatchSearch(absl::Span<SearchTask> tasks,
                                WorkerPool* pool) const {
  // Groups shrink when there are too few queries to keep all threads busy.
  const size_t share = (tasks.size() + pool->threads() - 1) / pool->threads();
  const size_t group = std::clamp<size_t>(share, 1, kGroupQueries);
  const size_t groups = (tasks.size() + group - 1) / group;
  pool->ParallelFor(
      groups, [&](size_t i) { SearchGroup(tasks.subspan(i * group, group)); });
}

void ExactSearcher::SearchGroup(absl::Span<SearchTask> tasks) const {
  const Kernels& kernels = ActiveKernels();
  const bool l2 = table_.metric() == Metric::kL2;
  const auto score_rows = l2 ? kernels.l2_rows : kernels.dot_rows;
  const size_t dimension = table_.dimension();
  const size_t rows = table_.rows();
  const size_t block = std::clamp<size_t>(
      kBlockBytes / (dimension * sizeof(float)), 1, kMaxBlockRows);

  std::vector<TopK> best;
  best.reserve(tasks.size());
  for (const SearchTask& task : tasks)
    best.emplace_back(std::min(task.k, rows));

  float scores[kMaxBlockRows];
  for (size_t begin = 0; begin < rows; begin += block) {
    const size_t count = std::min(block, rows - begin);
    const float* vectors = table_.vectors() + begin * dimension;
    for (size_t i = 0; i < tasks.size(); ++i) {
      score_rows(tasks[i].query.data(), vectors, dimension, count, scores);
      if (l2) {
        for (size_t j = 0; j < count; ++j) scores[j] = -scores[j];
      }
      best[i].OfferBlock(static_cast<uint32_t>(begin), scores, count);
    }
  }
  for (size_t i = 0; i < tasks.size(); ++i) {
    tasks[i].neighbors = best[i].Take();
    tasks[i].stats = {.distances = rows, .hops = 0, .exact = true};
  }
}

}  // namespace akin
