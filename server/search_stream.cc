#include "server/search_stream.h"

#include <optional>
#include <utility>

#include "server/call_deadline.h"
#include "server/error_detail.h"
#include "server/handlers.h"

namespace akin::server {

// Items kept for later queries, and the answer of one: its memory is kept too.
constexpr size_t kMostSpare = 16;
constexpr size_t kMostSpareBytes = 16 << 10;

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
                           StreamPort* port, ModelAccess* access,
                           CallTrace trace)
    : state_(*state),
      port_(*port),
      access_(access),
      trace_(std::move(trace)),
      record_(Rpc::kStreamSearch, deadline, &state->stats, &state->access_log) {
  record_.set_trace(&trace_);
}

SearchStream::~SearchStream() = default;

void SearchStream::Start() {
  Next next;
  {
    MutexLock lock(&mutex_);
    next = Decide();
  }
  Begin(next);
}

void SearchStream::OnRead(bool ok) {
  std::unique_ptr<Item> item;
  Next next;
  {
    MutexLock lock(&mutex_);
    item = std::move(reading_);
    if (ok) {
      ++at_work_;
    } else {
      open_ = false;
      next = Decide();
    }
  }
  if (ok) {
    Answer(std::move(item));
  } else {
    Begin(next);
  }
}

void SearchStream::OnWritten(bool ok) {
  std::unique_ptr<Item> item;
  Next next;
  {
    MutexLock lock(&mutex_);
    item = std::move(writing_);
    item->record.reset();  // counts as in flight until here
    unsent_bytes_ -= item->bytes;
    if (spare_.size() < kMostSpare && item->bytes < kMostSpareBytes) {
      spare_.push_back(std::move(item));
    }
    lost_ = lost_ || !ok;
    next = Decide();
  }
  Begin(next);
}

void SearchStream::OnCancel() {
  record_.Cancel();
  Next next;
  {
    MutexLock lock(&mutex_);
    lost_ = true;
    next = Decide();
  }
  Begin(next);
}

void SearchStream::Drain() {
  Next next;
  {
    MutexLock lock(&mutex_);
    if (drained_ || finished_) return;
    drained_ = true;
    std::unique_ptr<Item> item = NewItem();
    item->response.mutable_drain();
    ready_.push_back(std::move(item));
    next = Decide();
  }
  Begin(next);
}

void SearchStream::Answer(std::unique_ptr<Item> item) {
  item->record.emplace(Rpc::kStreamSearchQuery,
                       DeadlineAfter(state_.config.max_deadline_seconds()),
                       &state_.stats, &state_.access_log, &record_.stop());
  item->record->set_trace(&trace_);
  if (access_ != nullptr) {
    const absl::Status admitted =
        access_->Admit(item->request.request().model());
    if (!admitted.ok()) return Answered(std::move(item), admitted);
  }
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
  if (!status.ok()) {
    *item->response.mutable_error() = ToRpcStatus(
        access_ == nullptr ? status : access_->WithoutOthers(status));
  }
  item->response.set_tag(item->request.tag());
  item->bytes = item->response.ByteSizeLong();
  Next next;
  {
    MutexLock lock(&mutex_);
    --at_work_;
    unsent_bytes_ += item->bytes;
    ready_.push_back(std::move(item));
    next = Decide();
  }
  Begin(next);
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

SearchStream::Next SearchStream::Decide() {
  Next next;
  if (lost_) {
    for (const auto& item : ready_) unsent_bytes_ -= item->bytes;
    ready_.clear();
  }
  if (MayRead()) {
    reading_ = NewItem();
    next.read = &reading_->request;
  }
  if (writing_ == nullptr && !ready_.empty()) {
    writing_ = std::move(ready_.front());
    ready_.pop_front();
    next.write = &writing_->response;
    next.more = !ready_.empty();
  }
  next.finish = !finished_ && (!open_ || lost_) && at_work_ == 0 &&
                reading_ == nullptr && writing_ == nullptr;
  if (next.finish) {
    finished_ = true;
    if (lost_) next.status = absl::CancelledError("the connection was lost");
  }
  return next;
}

void SearchStream::Begin(const Next& next) {
  if (next.finish) {
    record_.SetStatus(next.status);
    port_.Finish(next.status);
    return;
  }
  // A read or a write that was decided on keeps the stream until it has been
  // begun and has ended; with both, the second keeps it while the first ends.
  if (next.write != nullptr) port_.Write(*next.write, next.more);
  if (next.read != nullptr) port_.Read(next.read);
}

}  // namespace akin::server
