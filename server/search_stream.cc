#include "server/search_stream.h"

#include <optional>
#include <utility>

#include "server/call_deadline.h"
#include "server/error_detail.h"
#include "server/handlers.h"

namespace akin::server {

// One query with its answer. Used again for another: messages keep their
// memory.
struct SearchStream::Item {
  v1::StreamSearchRequest request;
  v1::StreamSearchResponse response;
  size_t bytes = 0;  // of the response
  std::optional<CallRecord> record;
};

SearchStream::SearchStream(ServerState* state,
                           StopSignal::Clock::time_point deadline,
                           StreamPort* port)
    : state_(*state),
      port_(*port),
      record_(Rpc::kStreamSearch, deadline, &state->stats, &state->access_log) {
}

SearchStream::~SearchStream() = default;

void SearchStream::Start() { Advance(); }

void SearchStream::OnRead(bool ok) {
  std::unique_ptr<Item> item;
  {
    MutexLock lock(&mutex_);
    item = std::move(reading_);
    if (ok) {
      ++at_work_;
    } else {
      open_ = false;
    }
  }
  if (ok) {
    Answer(std::move(item));
  } else {
    Advance();
  }
}

void SearchStream::OnWritten(bool ok) {
  std::unique_ptr<Item> item;
  {
    MutexLock lock(&mutex_);
    item = std::move(writing_);
    unsent_bytes_ -= item->bytes;
    if (!ok) lost_ = true;
    item->record.reset();
    if (spare_.size() < 16) spare_.push_back(std::move(item));
  }
  Advance();
}

void SearchStream::OnCancel() {
  record_.Cancel();
  {
    MutexLock lock(&mutex_);
    lost_ = true;
  }
  Advance();
}

void SearchStream::Drain() {
  {
    MutexLock lock(&mutex_);
    if (drained_ || finished_) return;
    drained_ = true;
    std::unique_ptr<Item> item = NewItem();
    item->response.mutable_drain();
    ready_.push_back(std::move(item));
  }
  Advance();
}

void SearchStream::Answer(std::unique_ptr<Item> item) {
  item->record.emplace(Rpc::kStreamSearchQuery,
                       DeadlineAfter(state_.config.max_deadline_seconds()),
                       &state_.stats, &state_.access_log, &record_.stop());
  Item* answered = item.release();  // `done` takes it back
  HandleSearch(&state_, answered->request.request(),
               answered->response.mutable_response(), &*answered->record,
               [this, answered](const absl::Status& status) {
                 Answered(std::unique_ptr<Item>(answered), status);
               });
}

void SearchStream::Answered(std::unique_ptr<Item> item,
                            const absl::Status& status) {
  item->record->SetStatus(status);
  if (!status.ok()) *item->response.mutable_error() = ToRpcStatus(status);
  item->response.set_tag(item->request.tag());
  item->bytes = item->response.ByteSizeLong();
  {
    MutexLock lock(&mutex_);
    --at_work_;
    unsent_bytes_ += item->bytes;
    ready_.push_back(std::move(item));
  }
  Advance();
}

std::unique_ptr<SearchStream::Item> SearchStream::NewItem() {
  if (spare_.empty()) return std::make_unique<Item>();
  std::unique_ptr<Item> item = std::move(spare_.back());
  spare_.pop_back();
  item->response.Clear();
  item->bytes = 0;
  return item;
}

bool SearchStream::MayRead() const {
  return open_ && !lost_ && reading_ == nullptr &&
         at_work_ + ready_.size() + (writing_ ? 1 : 0) <
             state_.config.max_queries_per_stream() &&
         unsent_bytes_ < kMaxUnsentBytes;
}

void SearchStream::Advance() {
  Item* read = nullptr;
  Item* write = nullptr;
  bool more = false;
  bool finish = false;
  bool lost = false;
  {
    MutexLock lock(&mutex_);
    if (lost_) {
      for (const auto& item : ready_) unsent_bytes_ -= item->bytes;
      ready_.clear();
    }
    if (MayRead()) {
      reading_ = NewItem();
      read = reading_.get();
    }
    if (writing_ == nullptr && !ready_.empty()) {
      writing_ = std::move(ready_.front());
      ready_.pop_front();
      write = writing_.get();
      more = !ready_.empty();
    }
    finish = !finished_ && (!open_ || lost_) && at_work_ == 0 &&
             reading_ == nullptr && writing_ == nullptr;
    finished_ = finished_ || finish;
    lost = lost_;
  }
  // What is under way keeps the stream, so nothing of it is touched after the
  // last of these.
  if (finish) {
    const absl::Status status =
        lost ? absl::CancelledError("the connection was lost")
             : absl::OkStatus();
    record_.SetStatus(status);
    port_.Finish(status);
    return;
  }
  StreamPort& port = port_;
  if (read != nullptr && write != nullptr) {
    // A read that ends at once may not see its stream end before the write.
    port.Write(write->response, more);
    port.Read(&read->request);
  } else if (write != nullptr) {
    port.Write(write->response, more);
  } else if (read != nullptr) {
    port.Read(&read->request);
  }
}

}  // namespace akin::server
