// The streams that are open, to tell them that the server drains. Thread-safe.

#ifndef AKIN_SERVER_OPEN_STREAMS_H_
#define AKIN_SERVER_OPEN_STREAMS_H_

#include "absl/container/flat_hash_set.h"
#include "index/base/mutex.h"

namespace akin::server {

class OpenStream {
 public:
  // The server is going away: an end is to be found soon. More than once is as
  // good as once.
  virtual void Drain() = 0;

 protected:
  ~OpenStream() = default;
};

class OpenStreams {
 public:
  // A stream that comes while the server drains is told at once.
  void Add(OpenStream* stream) {
    MutexLock lock(&mutex_);
    streams_.insert(stream);
    if (draining_) stream->Drain();
  }

  // Before it is destroyed; when this returns nobody here uses it.
  void Remove(OpenStream* stream) {
    MutexLock lock(&mutex_);
    streams_.erase(stream);
  }

  void Drain() {
    MutexLock lock(&mutex_);
    draining_ = true;
    for (OpenStream* stream : streams_) stream->Drain();
  }

  bool empty() {
    MutexLock lock(&mutex_);
    return streams_.empty();
  }

 private:
  Mutex mutex_;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<OpenStream*> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_OPEN_STREAMS_H_
