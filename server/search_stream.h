// One StreamSearch: queries come in, answers go out as they are ready, and the
// caller's pace is kept. No gRPC in here: what it needs of that is StreamPort.
//
// Flow control: it reads no further while max_queries_per_stream queries are
// unanswered or unsent, or kMaxUnsentBytes of answers are unsent. A client that
// never reads holds no more than that and the answers to what is at work.
//
// Thread-safe.

#ifndef AKIN_SERVER_SEARCH_STREAM_H_
#define AKIN_SERVER_SEARCH_STREAM_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "akin/v1/search_service.pb.h"
#include "index/base/mutex.h"
#include "index/search/stop_signal.h"
#include "server/auth/model_access.h"
#include "server/call_record.h"
#include "server/log/call_trace.h"
#include "server/open_streams.h"
#include "server/server_state.h"

namespace akin::server {

// Each of these begins something and returns; at most one read and one write
// are under way. After Finish nothing more is begun.
class StreamPort {
 public:
  virtual ~StreamPort() = default;
  // Ends with SearchStream::OnRead.
  virtual void Read(v1::StreamSearchRequest* into) = 0;
  // Ends with OnWritten. `more`: another write will follow at once.
  virtual void Write(const v1::StreamSearchResponse& response, bool more) = 0;
  // The stream may be gone when it returns.
  virtual void Finish(const absl::Status& status) = 0;
};

class SearchStream final : public OpenStream {
 public:
  static constexpr size_t kMaxUnsentBytes = 4u << 20;

  // `deadline`: when the caller stops waiting for all of it. `access`: asked
  // for each query; null: all are let in. It outlives the stream. `caller`: for
  // the log, also of its queries.
  SearchStream(ServerState* state, StopSignal::Clock::time_point deadline,
               StreamPort* port, ModelAccess* access = nullptr,
               CallTrace trace = {});
  ~SearchStream();

  void Start();
  // `ok` is false when the caller has half-closed, or is gone.
  void OnRead(bool ok);
  void OnWritten(bool ok);
  void OnCancel();
  // Tells the caller, once, that the server is going away.
  void Drain() override;

 private:
  struct Item;

  void Answer(std::unique_ptr<Item> item);
  void Answered(std::unique_ptr<Item> item, const absl::Status& status);
  // What can be begun now. An event changes the state and decides in one
  // critical section; begun is what was decided, outside of it. Whoever has
  // decided nothing must not touch the stream again: it may be gone.
  struct Next {
    v1::StreamSearchRequest* read = nullptr;
    const v1::StreamSearchResponse* write = nullptr;
    bool more = false;  // will be written after that
    bool finish = false;
    absl::Status status = {};  // to finish with
  };
  Next Decide() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Begin(const Next& next);
  std::unique_ptr<Item> NewItem() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayRead() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  ServerState& state_;
  StreamPort& port_;
  ModelAccess* const access_;
  const KnownTrace trace_;
  CallRecord record_;  // of the stream as a whole

  Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_) = true;  // the caller may send more
  bool lost_ ABSL_GUARDED_BY(mutex_) = false;
  bool drained_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  size_t at_work_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t unsent_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<Item> reading_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Item> writing_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::unique_ptr<Item>> ready_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Item>> spare_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_SEARCH_STREAM_H_
