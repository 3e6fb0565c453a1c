#include "index/base/worker_pool.h"

#include <utility>

namespace akin {

struct WorkerPool::Job {
  const std::function<void(size_t)>* part;
  size_t parts;
  std::atomic<size_t> next{0};
  Mutex mutex;
  CondVar finished;
  size_t done ABSL_GUARDED_BY(mutex) = 0;
};

WorkerPool::WorkerPool(size_t threads) {
  for (size_t i = 1; i < threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

WorkerPool::~WorkerPool() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    wake_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::RunParts(Job* job, bool helping) {
  size_t done = 0;
  while (!helping || tasks_waiting_.load(std::memory_order_relaxed) == 0) {
    const size_t i = job->next.fetch_add(1);
    if (i >= job->parts) break;
    (*job->part)(i);
    ++done;
  }
  if (done == 0) return;
  MutexLock lock(&job->mutex);
  job->done += done;
  if (job->done == job->parts) job->finished.NotifyAll();
}

void WorkerPool::ParallelFor(size_t parts,
                             const std::function<void(size_t)>& part) {
  if (parts <= 1 || threads_.empty()) {
    for (size_t i = 0; i < parts; ++i) part(i);
    return;
  }
  // Shared, because a worker may look at the job just after it was finished.
  auto job = std::make_shared<Job>();
  job->part = &part;
  job->parts = parts;
  {
    MutexLock lock(&mutex_);
    jobs_.push_back(job);
    wake_.NotifyAll();
  }
  RunParts(job.get(), /*helping=*/false);
  MutexLock lock(&job->mutex);
  while (job->done < job->parts) job->finished.Wait(&job->mutex);
}

void WorkerPool::Post(std::function<void()> task) {
  MutexLock lock(&mutex_);
  tasks_.push_back(std::move(task));
  tasks_waiting_.store(tasks_.size(), std::memory_order_relaxed);
  wake_.NotifyOne();
}

void WorkerPool::Work() {
  for (;;) {
    std::shared_ptr<Job> job;
    std::function<void()> task;
    {
      MutexLock lock(&mutex_);
      while (!stopping_ && tasks_.empty() && jobs_.empty()) wake_.Wait(&mutex_);
      if (!tasks_.empty()) {
        task = std::move(tasks_.front());
        tasks_.pop_front();
        tasks_waiting_.store(tasks_.size(), std::memory_order_relaxed);
      } else if (stopping_) {
        return;
      } else {
        job = jobs_.front();
        // Once all parts are handed out the job leaves the queue.
        if (job->next.load() >= job->parts) {
          jobs_.pop_front();
          continue;
        }
      }
    }
    if (task) {
      task();
    } else {
      RunParts(job.get(), /*helping=*/true);
    }
  }
}

}  // namespace akin
