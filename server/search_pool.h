// The workers that search: one a core, fed from a CallQueue. A worker without a
// call helps with the batches of the others (WorkerPool).
//
// Thread-safe. One short lock a call is taken: it guards calls that take at
// least as long as inline_microseconds says, and shorter ones do not come here.

#ifndef AKIN_SERVER_SEARCH_POOL_H_
#define AKIN_SERVER_SEARCH_POOL_H_

#include <cstddef>

#include "absl/status/status.h"
#include "index/base/mutex.h"
#include "index/base/worker_pool.h"
#include "server/call_queue.h"

namespace akin::server {

class SearchPool {
 public:
  explicit SearchPool(const QueueLimits& limits);
  ~SearchPool();  // runs what waits, then ends
  SearchPool(const SearchPool&) = delete;
  SearchPool& operator=(const SearchPool&) = delete;

  // OK: call->run will be called, once, on a worker; it, and what call->stop
  // points to, must live until then. Else as CallQueue::Offer says.
  absl::Status Submit(QueuedCall call);

  // Calls that were taken, and that no worker has turned to yet.
  size_t waiting() const {
    MutexLock lock(&mutex_);
    return queue_.size();
  }

  // For work inside a call that splits into parts.
  WorkerPool* workers() { return &workers_; }
  size_t threads() const { return limits_.workers; }

 private:
  void ServeQueue();

  const QueueLimits limits_;
  mutable Mutex mutex_;
  CallQueue queue_ ABSL_GUARDED_BY(mutex_);
  size_t serving_ ABSL_GUARDED_BY(mutex_) = 0;  // workers in ServeQueue
  WorkerPool workers_;  // last: its threads use the others
};

}  // namespace akin::server

#endif  // AKIN_SERVER_SEARCH_POOL_H_
