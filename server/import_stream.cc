#include "server/import_stream.h"

#include <utility>

#include "index/base/status_macros.h"
#include "server/import_begin.h"

namespace akin::server {

ImportStream::ImportStream(ServerState* state, Imports* imports,
                           StopSignal::Clock::time_point deadline,
                           ImportPort* port, ModelAccess* access,
                           CallTrace trace)
    : imports_(*imports),
      port_(*port),
      access_(access),
      trace_(std::move(trace)),
      record_(Rpc::kImportVersion, deadline, &state->stats,
              &state->access_log) {
  record_.set_trace(&trace_);
}

void ImportStream::Start() {
  Next next;
  {
    MutexLock lock(&mutex_);
    next = Decide();
  }
  Begin(std::move(next));
}

void ImportStream::OnRead(bool ok) {
  bool handle = false;
  Next next;
  {
    MutexLock lock(&mutex_);
    reading_ = false;
    open_ = open_ && ok;
    if (!ok) {
      End(absl::InvalidArgumentError(
          "the stream ended before finish; what was sent is kept"));
    }
    // What comes after the end is for nobody.
    handle = handling_ = !end_.has_value();
    next = Decide();
  }
  if (handle) imports_.Post([self = shared_from_this()] { self->Handle(); });
  Begin(std::move(next));
}

void ImportStream::OnWritten(bool ok) {
  Next next;
  {
    MutexLock lock(&mutex_);
    writing_ = false;
    lost_ = lost_ || !ok;
    next = Decide();
  }
  Begin(std::move(next));
}

void ImportStream::OnCancel() {
  record_.Cancel();
  Next next;
  {
    MutexLock lock(&mutex_);
    lost_ = true;
    next = Decide();
  }
  Begin(std::move(next));
}

void ImportStream::Drain() {
  Next next;
  {
    MutexLock lock(&mutex_);
    if (draining_ || finished_) return;
    draining_ = true;
    next = Decide();
  }
  Begin(std::move(next));
}

void ImportStream::Yield(const absl::Status& status) {
  Next next;
  {
    MutexLock lock(&mutex_);
    if (!end_.has_value()) offsets_.reset();  // another is told them
    End(status);
    next = Decide();
  }
  Begin(std::move(next));
}

ImportStream::Clock::time_point ImportStream::silent_since() {
  MutexLock lock(&mutex_);
  return reading_ && !end_.has_value() ? silent_since_
                                       : Clock::time_point::max();
}

void ImportStream::OnProgress(const v1::ImportProgress& progress) {
  Next next;
  {
    MutexLock lock(&mutex_);
    if (!end_.has_value()) progress_ = progress;
    next = Decide();
  }
  Begin(std::move(next));
}

void ImportStream::OnBuilt(const absl::Status& status,
                           const v1::ImportDone& done) {
  Next next;
  {
    MutexLock lock(&mutex_);
    if (status.ok()) done_ = done;
    End(status);
    next = Decide();
  }
  Begin(std::move(next));
}

void ImportStream::Handle() {
  {
    MutexLock lock(&mutex_);
    if (end_.has_value()) {  // it was asked to yield
      handling_ = false;
      return;
    }
    working_ = true;
  }
  const absl::Status status = HandlePart();
  Next next;
  {
    MutexLock lock(&mutex_);
    handling_ = working_ = false;
    if (!status.ok()) End(status);
    next = Decide();
  }
  Begin(std::move(next));
}

absl::Status ImportStream::HandlePart() {
  using Request = v1::ImportVersionRequest;
  if (access_ != nullptr) {
    AKIN_RETURN_IF_ERROR(access_->Admit(
        request_.has_begin()
            ? std::optional<absl::string_view>(request_.begin().model())
            : std::nullopt));
  }
  if (request_.part_case() == Request::kBegin) return HandleBegin();
  if (session_ == nullptr) {
    return absl::InvalidArgumentError(
        "the first message of an import is not begin");
  }
  switch (request_.part_case()) {
    case Request::kChunk:
    case Request::kRows: {
      AKIN_ASSIGN_OR_RETURN(const bool grown,
                            request_.has_rows()
                                ? session_->AppendRows(request_.rows())
                                : session_->Append(request_.chunk()));
      if (!grown) return absl::OkStatus();
      MutexLock lock(&mutex_);
      offsets_ = session_->offsets();
      return absl::OkStatus();
    }
    case Request::kFinish:
      return HandleFinish();
    default:
      return absl::InvalidArgumentError(
          "a message of an import is neither chunk, rows nor finish");
  }
}

absl::Status ImportStream::HandleBegin() {
  if (session_ != nullptr) {
    return absl::InvalidArgumentError(
        "begin came a second time; a stream is one import");
  }
  const v1::ImportBegin begin = std::move(*request_.mutable_begin());
  request_ = {};  // golden queries may be large
  record_.SetTarget(begin.model(), "", begin.version());
  AKIN_ASSIGN_OR_RETURN(Imports::Begun begun,
                        imports_.Begin(begin, shared_from_this()));
  if (begun.session != nullptr) {
    session_ = std::move(begun.session);
    MutexLock lock(&mutex_);
    done_ = session_->done();
    if (done_.has_value()) {
      End(absl::OkStatus());
    } else {
      offsets_ = session_->offsets();
    }
    return absl::OkStatus();
  }
  {
    MutexLock lock(&mutex_);
    offsets_ = begun.build->offsets();
    build_ = begun.build;
  }
  begun.build->Watch(shared_from_this());
  return absl::OkStatus();
}

absl::Status ImportStream::HandleFinish() {
  AKIN_RETURN_IF_ERROR(session_->Complete());
  request_ = {};  // the memory of a part
  AKIN_ASSIGN_OR_RETURN(const auto build, imports_.Build(std::move(session_),
                                                         shared_from_this()));
  MutexLock lock(&mutex_);
  build_ = build;
  return absl::OkStatus();
}

void ImportStream::End(const absl::Status& status) {
  if (end_.has_value()) return;
  end_ = status.code();
  end_message_ = std::string(status.message());
}

ImportStream::Next ImportStream::Decide() {
  if (draining_ && !handling_) {
    End(absl::UnavailableError(
        "the server is going away; what was acknowledged stays, and the same "
        "import goes on when it is back"));
  }
  // A part that has come is still written, whatever became of its caller.
  if (lost_ && !handling_) {
    End(absl::CancelledError("the connection was lost"));
  }
  const bool over = end_.has_value() && !working_;
  Next next;
  if (over) next.session = std::move(session_);
  if (!writing_ && TakePending()) next.write = writing_ = true;
  if (open_ && !lost_ && !reading_ && !handling_ && build_ == nullptr &&
      !end_.has_value()) {
    next.read = reading_ = true;
    ++unbegun_reads_;
    silent_since_ = Clock::now();
  }
  next.finish = over && !finished_ && !writing_ && unbegun_reads_ == 0;
  finished_ = finished_ || next.finish;
  return next;
}

bool ImportStream::TakePending() {
  if (lost_ || finished_) {
    offsets_.reset();
    progress_.reset();
    done_.reset();
  }
  if (offsets_.has_value()) {
    *response_.mutable_offsets() = *std::exchange(offsets_, std::nullopt);
  } else if (progress_.has_value()) {
    *response_.mutable_progress() = *std::exchange(progress_, std::nullopt);
  } else if (done_.has_value()) {
    *response_.mutable_done() = *std::exchange(done_, std::nullopt);
  } else {
    return false;
  }
  return true;
}

void ImportStream::Begin(Next next) {
  const auto self = shared_from_this();  // the call may be gone after Finish
  while (true) {
    next.session = nullptr;
    if (next.finish) {
      absl::Status status;
      std::shared_ptr<ImportBuild> build;
      {
        MutexLock lock(&mutex_);
        build = build_;
        status = lost_ ? absl::CancelledError("the connection was lost")
                       : absl::Status(*end_, end_message_);
      }
      if (build != nullptr) build->Unwatch(this);  // it goes on
      record_.SetStatus(status);
      port_.Finish(status);
      return;
    }
    if (next.write) port_.Write(response_);
    if (!next.read) return;
    port_.Read(&request_);
    MutexLock lock(&mutex_);
    --unbegun_reads_;
    next = Decide();
  }
}

}  // namespace akin::server
