#include "server/request_threads.h"

#include <utility>

namespace akin::server {

RequestThreads::RequestThreads(size_t threads, size_t waiting)
    : max_waiting_(waiting) {
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

RequestThreads::~RequestThreads() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    wake_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool RequestThreads::Run(std::function<void()> request) {
  MutexLock lock(&mutex_);
  if (waiting_.size() >= max_waiting_) return false;
  waiting_.push_back(std::move(request));
  wake_.NotifyOne();
  return true;
}

void RequestThreads::Work() {
  for (;;) {
    std::function<void()> request;
    {
      MutexLock lock(&mutex_);
      while (waiting_.empty() && !stopping_) wake_.Wait(&mutex_);
      if (waiting_.empty()) return;
      request = std::move(waiting_.front());
      waiting_.pop_front();
    }
    request();
  }
}

}  // namespace akin::server
