// One thread that does one thing after the other, away from those that answer
// calls: what may wait for a disk, or takes seconds. Thread-safe.

#ifndef AKIN_SERVER_TASK_THREAD_H_
#define AKIN_SERVER_TASK_THREAD_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "index/base/mutex.h"

namespace akin::server {

class TaskThread {
 public:
  using Task = std::function<void()>;

  // `what` is for messages, in the plural: "comparisons". At most `most` wait.
  TaskThread(std::string what, size_t most, bool gives_way);
  ~TaskThread();  // does what was begun, drops the rest

  // RESOURCE_EXHAUSTED: too many are waiting; `task` is dropped.
  absl::Status Submit(Task task);

 private:
  void Run(bool gives_way);

  const std::string what_;
  const size_t most_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Task> waiting_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace akin::server

#endif  // AKIN_SERVER_TASK_THREAD_H_
