// What the machine gives the server's process, as GetServerInfo tells it. To
// read that takes some ten files of the kernel's and a hundred microseconds, so
// it is read once a second at the most, however often it is asked for.
//
// Thread-safe.

#ifndef AKIN_SERVER_PROCESS_FACTS_H_
#define AKIN_SERVER_PROCESS_FACTS_H_

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/base/mutex.h"

namespace akin::server {

class ProcessFacts {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kMostAge{1};

  explicit ProcessFacts(std::function<Clock::time_point()> now = &Clock::now)
      : now_(std::move(now)) {}

  // Without what the settings say.
  v1::ServerProcess Get() const;

 private:
  const std::function<Clock::time_point()> now_;
  mutable Mutex mutex_;
  mutable v1::ServerProcess facts_ ABSL_GUARDED_BY(mutex_);
  mutable std::optional<Clock::time_point> read_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_PROCESS_FACTS_H_
