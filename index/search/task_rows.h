// Which rows a task may be answered with, and whether it is still wanted.

#ifndef AKIN_INDEX_SEARCH_TASK_ROWS_H_
#define AKIN_INDEX_SEARCH_TASK_ROWS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "index/search/searcher.h"

namespace akin {

inline bool MayAnswer(const SearchTask& task, uint32_t row) {
  return row != task.hidden_row &&
         (task.allowed == nullptr || task.allowed->Contains(row));
}

// How many rows of a table of `rows` that is true of.
inline size_t RowsInReach(const SearchTask& task, size_t rows) {
  const size_t all = task.allowed == nullptr ? rows : task.allowed->count();
  const bool hides =
      task.hidden_row < rows &&
      (task.allowed == nullptr || task.allowed->Contains(task.hidden_row));
  return all - (hides ? 1 : 0);
}

// Asks a task's signal every so often.
class StopPoll {
 public:
  StopPoll() = default;
  explicit StopPoll(const StopSignal* stop) : stop_(stop) {}

  // Whether to stop before anything was done.
  bool AtStart() const { return stop_ != nullptr && stop_->Stopped(); }

  // Whether to stop now that `bytes` more were read.
  bool After(size_t bytes) {
    if (stop_ == nullptr) return false;
    bytes_ += bytes;
    if (bytes_ < kBytesPerPoll) return false;
    bytes_ = 0;
    return stop_->Stopped();
  }

 private:
  // Read in a tenth of a millisecond, or in half of one by a machine that is
  // busy.
  static constexpr size_t kBytesPerPoll = size_t{1} << 20;

  const StopSignal* stop_ = nullptr;
  size_t bytes_ = 0;
};

inline void AnswerStopped(SearchTask* task) {
  task->neighbors.clear();
  task->stopped = true;
}

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_TASK_ROWS_H_
