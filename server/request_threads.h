// Threads for calls that take long, so that they do not hold up the threads on
// which gRPC answers everything else, health among it.
//
// Thread-safe.

#ifndef AKIN_SERVER_REQUEST_THREADS_H_
#define AKIN_SERVER_REQUEST_THREADS_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "index/base/mutex.h"

namespace akin::server {

class RequestThreads {
 public:
  // At most `waiting` requests wait for one of `threads` threads.
  RequestThreads(size_t threads, size_t waiting);
  ~RequestThreads();  // runs what waits, then ends
  RequestThreads(const RequestThreads&) = delete;
  RequestThreads& operator=(const RequestThreads&) = delete;

  // False, and `request` is not run, when as many wait as may.
  [[nodiscard]] bool Run(std::function<void()> request);

 private:
  void Work();

  const size_t max_waiting_;
  Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_REQUEST_THREADS_H_
