#include "client/cpp/cancellation.h"

#include <utility>

namespace akin::client {

void Cancellation::Cancel() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (std::exchange(cancelled_, true)) return;
  for (const std::function<void()>& end : running_) end();
}

bool Cancellation::cancelled() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return cancelled_;
}

Cancellation::Call::Call(Cancellation& cancellation, std::function<void()> end)
    : cancellation_(cancellation) {
  const std::lock_guard<std::mutex> lock(cancellation_.mutex_);
  if (cancellation_.cancelled_) end();
  position_ = cancellation_.running_.insert(cancellation_.running_.end(),
                                            std::move(end));
}

Cancellation::Call::~Call() {
  const std::lock_guard<std::mutex> lock(cancellation_.mutex_);
  cancellation_.running_.erase(position_);
}

}  // namespace akin::client
