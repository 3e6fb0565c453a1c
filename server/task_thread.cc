#include "server/task_thread.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/give_way.h"

namespace akin::server {

TaskThread::TaskThread(std::string what, size_t most, bool gives_way)
    : what_(std::move(what)),
      most_(most),
      thread_([this, gives_way] { Run(gives_way); }) {}

TaskThread::~TaskThread() {
  {
    MutexLock lock(&mutex_);
    ended_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

absl::Status TaskThread::Submit(Task task) {
  MutexLock lock(&mutex_);
  if (waiting_.size() >= most_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        waiting_.size(), " ", what_, " are waiting, expected at most ", most_,
        "; try again later"));
  }
  waiting_.push_back(std::move(task));
  changed_.NotifyOne();
  return absl::OkStatus();
}

void TaskThread::Run(bool gives_way) {
  if (gives_way) GiveWay();
  for (;;) {
    Task task;
    {
      MutexLock lock(&mutex_);
      while (waiting_.empty() && !ended_) changed_.Wait(&mutex_);
      if (ended_) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    task();
  }
}

}  // namespace akin::server
