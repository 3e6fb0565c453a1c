// A fixed set of threads for work that splits into independent parts.
//
//   WorkerPool pool(4);
//   pool.ParallelFor(n, [&](size_t i) { answer[i] = Solve(i); });
//
// Thread-safe: callers share the threads, and a caller always works on its own
// job too, so a busy pool slows a job but cannot starve or deadlock it.

#ifndef AKIN_INDEX_BASE_WORKER_POOL_H_
#define AKIN_INDEX_BASE_WORKER_POOL_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "index/base/mutex.h"

namespace akin {

class WorkerPool {
 public:
  // `threads` counts the caller: 1 starts no thread at all.
  explicit WorkerPool(size_t threads);
  ~WorkerPool();  // no ParallelFor may be running
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Calls part(0) .. part(parts - 1), each once, on several threads, and
  // returns when all have returned. `part` must not throw.
  void ParallelFor(size_t parts, const std::function<void(size_t)>& part);

  // Calls `task` once, on one of the threads, and returns at once. It goes
  // before parts that wait: a thread that works on a job leaves it to its
  // caller for a task. Needs a pool of at least 2. What was posted has run when
  // the pool is gone.
  void Post(std::function<void()> task);

  size_t threads() const { return threads_.size() + 1; }

 private:
  struct Job;

  void Work();
  void RunParts(Job* job, bool helping);

  Mutex mutex_;
  CondVar wake_;
  std::deque<std::shared_ptr<Job>> jobs_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  std::atomic<size_t> tasks_waiting_{0};  // tasks_.size(), to look at unlocked
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace akin

#endif  // AKIN_INDEX_BASE_WORKER_POOL_H_
