#include "index/search/full_scan.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "index/search/aligned_buffer.h"
#include "index/search/task_rows.h"
#include "index/search/top_k.h"

namespace akin {
namespace {

constexpr size_t kLine = 64;
// A block of rows stays in the first-level cache while a group of queries is
// compared with it.
constexpr size_t kBlockBytes = size_t{16} << 10;
constexpr size_t kMaxBlockRows = 1024;
constexpr size_t kGroupQueries = 16;
// Sets with fewer than one row in so many are walked row by row.
constexpr size_t kSparse = 4;
// Of a sparse set, so many rows are listed at a time, about.
constexpr size_t kListedRows = 1024;
constexpr size_t kRowsAhead = 8;

// What a thread keeps from scan to scan.
struct Scratch {
  std::array<TopK, kGroupQueries> best;
  AlignedBuffer<float> decoded;
  AlignedBuffer<float> scores;
  std::vector<uint32_t> list;
};

Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

bool IsSparse(const SearchTask& task, size_t rows) {
  return task.allowed != nullptr && task.allowed->count() < rows / kSparse;
}

void OfferAllowed(const SearchTask& task, size_t begin, size_t count,
                  const float* scores, TopK* best) {
  if (task.allowed != nullptr) {
    task.allowed->ForEach(begin, begin + count, [&](uint32_t row) {
      if (row != task.hidden_row) best->Offer({row, scores[row - begin]});
    });
    return;
  }
  const auto first = static_cast<uint32_t>(begin);
  if (task.hidden_row < begin || task.hidden_row >= begin + count) {
    best->OfferBlock(first, scores, count);
    return;
  }
  const size_t hidden = task.hidden_row - begin;
  best->OfferBlock(first, scores, hidden);
  best->OfferBlock(task.hidden_row + 1, scores + hidden + 1,
                   count - hidden - 1);
}

// False when it was stopped.
bool ScanList(const RowScores& scores, const SearchTask& task, Scratch* scratch,
              TopK* best) {
  StopPoll poll(task.stop);
  const size_t rows = scores.rows();
  const size_t window = std::max<size_t>(
      kListedRows, rows / (task.allowed->count() + 1) * kListedRows);
  std::vector<uint32_t>& list = scratch->list;
  for (size_t begin = 0; begin < rows; begin += window) {
    list.clear();
    task.allowed->ForEach(begin, std::min(rows, begin + window),
                          [&](uint32_t row) {
                            if (row != task.hidden_row) list.push_back(row);
                          });
    for (size_t i = 0; i < std::min(list.size(), kRowsAhead); ++i) {
      scores.Prefetch(list[i]);
    }
    for (size_t i = 0; i < list.size(); ++i) {
      if (i + kRowsAhead < list.size()) scores.Prefetch(list[i + kRowsAhead]);
      best->Offer({list[i], scores.Score(task.query.data(), list[i],
                                         &scratch->decoded)});
      if (poll.After(scores.row_bytes())) return false;
    }
  }
  return true;
}

void Answer(const RowScores& scores, SearchTask* task, TopK* best) {
  const size_t reached = RowsInReach(*task, scores.rows());
  best->Take(&task->neighbors);
  task->stats.distances = reached;
  task->stats.lines += IsSparse(*task, scores.rows())
                           ? reached * scores.row_lines()
                           : scores.rows() * scores.row_bytes() / kLine;
  task->stats.exact = true;
}

void ScanBlocks(const RowScores& scores, absl::Span<SearchTask* const> tasks,
                Scratch* scratch) {
  const size_t rows = scores.rows();
  const size_t row_bytes = scores.dimension() * sizeof(float);
  const size_t block =
      std::clamp<size_t>(kBlockBytes / row_bytes, 1, kMaxBlockRows);
  float* block_scores = scratch->scores.Get(kMaxBlockRows);
  std::array<StopPoll, kGroupQueries> polls{};
  size_t left = 0;
  for (size_t i = 0; i < tasks.size(); ++i) {
    polls[i] = StopPoll(tasks[i]->stop);
    if (!tasks[i]->stopped) ++left;
  }
  for (size_t begin = 0; begin < rows && left > 0; begin += block) {
    const size_t count = std::min(block, rows - begin);
    const float* vectors = scores.Vectors(begin, count, &scratch->decoded);
    bool first = true;
    for (size_t i = 0; i < tasks.size(); ++i) {
      SearchTask& task = *tasks[i];
      if (task.stopped) continue;
      if (first) {
        scores.ScanVectors(task.query.data(), vectors, count, block_scores);
      } else {
        scores.ScoreVectors(task.query.data(), vectors, count, block_scores);
      }
      first = false;
      OfferAllowed(task, begin, count, block_scores, &scratch->best[i]);
      // Every query of the group takes its time.
      if (polls[i].After(count * row_bytes * tasks.size())) {
        AnswerStopped(&task);
        --left;
      }
    }
  }
}

void ScanGroup(const RowScores& scores, absl::Span<SearchTask* const> tasks) {
  Scratch& scratch = ThreadScratch();
  std::array<SearchTask*, kGroupQueries> dense;
  size_t dense_count = 0;
  for (SearchTask* task : tasks) {
    if (StopPoll(task->stop).AtStart()) {
      AnswerStopped(task);
      continue;
    }
    if (!IsSparse(*task, scores.rows())) {
      scratch.best[dense_count].Begin(
          std::min(task->k, RowsInReach(*task, scores.rows())));
      dense[dense_count++] = task;
    }
  }
  if (dense_count > 0) {
    const absl::Span<SearchTask* const> group(dense.data(), dense_count);
    ScanBlocks(scores, group, &scratch);
    for (size_t i = 0; i < dense_count; ++i) {
      if (!group[i]->stopped) Answer(scores, group[i], &scratch.best[i]);
    }
  }
  for (SearchTask* task : tasks) {
    if (task->stopped || !IsSparse(*task, scores.rows())) continue;
    TopK& best = scratch.best[0];
    best.Begin(std::min(task->k, RowsInReach(*task, scores.rows())));
    if (ScanList(scores, *task, &scratch, &best)) {
      Answer(scores, task, &best);
    } else {
      AnswerStopped(task);
    }
  }
}

}  // namespace

void FullScan(const RowScores& scores, absl::Span<SearchTask* const> tasks) {
  for (size_t i = 0; i < tasks.size(); i += kGroupQueries) {
    ScanGroup(scores, tasks.subspan(i, kGroupQueries));
  }
}

}  // namespace akin
