#include "index/search/rerank.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "index/search/aligned_buffer.h"
#include "index/search/task_rows.h"
#include "index/search/top_k.h"

namespace akin {
namespace {

// So many rows are on their way to the cache at once.
constexpr size_t kRowsAtOnce = 8;

struct Scratch {
  TopK best;
  AlignedBuffer<float> decoded;
};

Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

}  // namespace

void Rerank(const RowScores& scores, Candidates* candidates, SearchTask* task) {
  Scratch& scratch = ThreadScratch();
  TopK& best = scratch.best;
  best.Begin(std::min(task->k, RowsInReach(*task, scores.rows())));
  StopPoll poll(task->stop);
  // Highest upper bound first: as soon as k scores are above what is left, the
  // rest need not be looked at.
  for (bool more = true; more;) {
    std::array<uint32_t, kRowsAtOnce> rows;
    size_t count = 0;
    const float least = best.full() ? best.worst().score : kNoThreshold;
    while (count < rows.size() &&
           (more = candidates->TakeBest(least, &rows[count]))) {
      scores.Prefetch(rows[count++]);
    }
    for (size_t i = 0; i < count; ++i) {
      best.Offer({rows[i],
                  scores.Score(task->query.data(), rows[i], &scratch.decoded)});
    }
    task->stats.reranks += count;
    task->stats.lines += count * scores.row_lines();
    if (poll.After(count * scores.row_bytes())) return AnswerStopped(task);
  }
  best.Take(&task->neighbors);
  task->stats.exact = true;
}

}  // namespace akin
