// One import whose files are all there: it becomes a version. Somebody may
// watch, and go away; it goes on.
//
// Thread-safe.

#ifndef AKIN_SERVER_IMPORT_BUILD_H_
#define AKIN_SERVER_IMPORT_BUILD_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/base/mutex.h"
#include "index/base/worker_pool.h"
#include "index/tool/build_version.h"
#include "server/import_session.h"

namespace akin::server {

class ImportWatcher {
 public:
  virtual ~ImportWatcher() = default;
  // On the building thread, or in Watch. What is told last may come after
  // OnBuilt, which comes once: ABORTED when another watches in its place.
  virtual void OnProgress(const v1::ImportProgress& progress) = 0;
  virtual void OnBuilt(const absl::Status& status,
                       const v1::ImportDone& done) = 0;
};

class ImportBuild {
 public:
  static constexpr absl::Duration kProgressEvery = absl::Milliseconds(200);

  // `watcher` may be null.
  ImportBuild(std::string repository, std::shared_ptr<ImportSession> session,
              std::shared_ptr<ImportWatcher> watcher);

  const v1::ImportBegin& begin() const { return begin_; }
  // Of what is all there.
  const v1::ImportOffsets& offsets() const { return offsets_; }

  // In the place of who has watched before. It is told at once how far the
  // build is, or how it ended.
  void Watch(std::shared_ptr<ImportWatcher> watcher);
  // A call that it is in may still end.
  void Unwatch(const ImportWatcher* watcher);

  // Tells that it has to wait for another.
  void Wait();
  // Builds, on this thread, and lets go of the session. Files that the build
  // refuses (bad rows, a graph that finds too little, golden queries that fail)
  // are removed; with another failure they stay.
  void Run(WorkerPool* pool, const std::function<bool()>& cancelled);
  // Tells how it ended, after Run.
  void End();

 private:
  // `step` is where it was at its end.
  absl::StatusOr<v1::ImportDone> Build(WorkerPool* pool,
                                       const std::function<bool()>& cancelled,
                                       BuildStep* step);
  void TellEnd(ImportWatcher* watcher);
  // `always`: even if something was told just now.
  void Tell(const v1::ImportProgress& progress, bool always);

  const std::string repository_;
  const v1::ImportBegin begin_;
  const v1::ImportOffsets offsets_;
  std::shared_ptr<ImportSession> session_;  // used by Run alone

  Mutex mutex_;
  std::shared_ptr<ImportWatcher> watcher_ ABSL_GUARDED_BY(mutex_);
  v1::ImportProgress progress_ ABSL_GUARDED_BY(mutex_);
  absl::Time told_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  // How it ended, from Run on: a status is of one thread.
  absl::StatusCode code_ ABSL_GUARDED_BY(mutex_) = absl::StatusCode::kOk;
  std::string message_ ABSL_GUARDED_BY(mutex_);
  v1::ImportDone done_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_BUILD_H_
