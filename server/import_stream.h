// One ImportVersion: parts come in, each is written before the next is read;
// then the build is watched. No gRPC in here: what it needs of that is
// ImportPort.
//
// Of offsets and of progress only the latest waits to be sent: a caller that
// never reads holds no more than that.
//
// Thread-safe.

#ifndef AKIN_SERVER_IMPORT_STREAM_H_
#define AKIN_SERVER_IMPORT_STREAM_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/base/mutex.h"
#include "index/search/stop_signal.h"
#include "server/auth/model_access.h"
#include "server/call_record.h"
#include "server/import_port.h"
#include "server/import_sender.h"
#include "server/imports.h"
#include "server/log/call_trace.h"
#include "server/open_streams.h"
#include "server/server_state.h"

namespace akin::server {

class ImportStream final : public OpenStream,
                           public ImportSender,
                           public ImportWatcher,
                           public std::enable_shared_from_this<ImportStream> {
 public:
  // `deadline`: when the caller stops waiting for all of it. `access`: asked
  // before each part is used; null: all are let in. It outlives the stream's
  // Finish. `trace`: for the log. Held by a shared_ptr.
  ImportStream(ServerState* state, Imports* imports,
               StopSignal::Clock::time_point deadline, ImportPort* port,
               ModelAccess* access = nullptr, CallTrace trace = {});

  void Start();
  // `ok` is false when the caller has half-closed, or is gone.
  void OnRead(bool ok);
  void OnWritten(bool ok);
  void OnCancel();
  // The server is going away: the call ends with UNAVAILABLE after the part
  // that has come.
  void Drain() override;

 private:
  void Yield(const absl::Status& status) override;
  Clock::time_point silent_since() override;
  void OnProgress(const v1::ImportProgress& progress) override;
  void OnBuilt(const absl::Status& status, const v1::ImportDone& done) override;

  // On a thread of the imports: what was read.
  void Handle();
  absl::Status HandlePart();
  absl::Status HandleBegin();
  absl::Status HandleFinish();

  // What can be begun now. An event changes the state and decides in one
  // critical section; begun is what was decided, outside of it.
  struct Next {
    bool read = false;
    bool write = false;
    bool finish = false;
    // Let go of before all else: whoever goes on with the import waits for it.
    std::shared_ptr<ImportSession> session;
  };
  Next Decide() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool TakePending() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Begin(Next next);
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Imports& imports_;
  ImportPort& port_;
  ModelAccess* const access_;
  const KnownTrace trace_;
  CallRecord record_;

  // Of whoever reads or handles: never both, and one after the other.
  v1::ImportVersionRequest request_;
  // Of whoever handles, while working_; else it is guarded by mutex_.
  std::shared_ptr<ImportSession> session_;
  // Of whoever writes.
  v1::ImportVersionResponse response_;

  Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_) = true;  // the caller may send more
  bool lost_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  // Reads that were decided on: Finish must not overtake them.
  int unbegun_reads_ ABSL_GUARDED_BY(mutex_) = 0;
  Clock::time_point silent_since_ ABSL_GUARDED_BY(mutex_);  // while reading_
  bool handling_ ABSL_GUARDED_BY(mutex_) = false;           // soon, or working_
  bool working_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<ImportBuild> build_ ABSL_GUARDED_BY(mutex_);
  // To be sent.
  std::optional<v1::ImportOffsets> offsets_ ABSL_GUARDED_BY(mutex_);
  std::optional<v1::ImportProgress> progress_ ABSL_GUARDED_BY(mutex_);
  std::optional<v1::ImportDone> done_ ABSL_GUARDED_BY(mutex_);
  // How it ends, once that is known: a status is of one thread.
  std::optional<absl::StatusCode> end_ ABSL_GUARDED_BY(mutex_);
  std::string end_message_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_STREAM_H_
