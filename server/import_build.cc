#include "server/import_build.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "index/base/available_memory.h"
#include "index/base/status_macros.h"
#include "server/convert_import.h"
#include "server/import_begin.h"

namespace akin::server {
namespace {

// What building the same again would not change. The codes alone do not say:
// the same ones come from a disk that gives back other than was written, or
// from a version's number.
bool IsOfTheFiles(BuildStep step, const absl::Status& status) {
  switch (step) {
    case BuildStep::kLoading:
      return absl::IsInvalidArgument(status) || absl::IsDataLoss(status) ||
             absl::IsFailedPrecondition(status);
    case BuildStep::kAsking:
      return absl::IsFailedPrecondition(status);
    default:
      return false;
  }
}

// Reads a handful of the system's files: asked at the pace of progress, which
// is thousands of rows, on the thread that builds.
bool MemoryIsShort() {
  constexpr uint64_t kLeft = 256 << 20;
  const auto available = AvailableMemory();
  return available.has_value() && *available < kLeft;
}

}  // namespace

ImportBuild::ImportBuild(std::string repository,
                         std::shared_ptr<ImportSession> session,
                         std::shared_ptr<ImportWatcher> watcher)
    : repository_(std::move(repository)),
      begin_(session->begin()),
      offsets_(session->offsets()),
      session_(std::move(session)),
      watcher_(std::move(watcher)) {}

void ImportBuild::Watch(std::shared_ptr<ImportWatcher> watcher) {
  bool ended = false;
  v1::ImportProgress progress;
  std::shared_ptr<ImportWatcher> before;
  {
    MutexLock lock(&mutex_);
    ended = ended_;
    progress = progress_;
    if (!ended) before = std::exchange(watcher_, watcher);
  }
  if (before != nullptr) before->OnBuilt(GoesOnElsewhere(begin_), {});
  if (ended) {
    TellEnd(watcher.get());
  } else if (!progress.stage().empty()) {
    watcher->OnProgress(progress);
  }
}

void ImportBuild::Unwatch(const ImportWatcher* watcher) {
  std::shared_ptr<ImportWatcher> last;  // not to be destroyed under the lock
  MutexLock lock(&mutex_);
  if (watcher_.get() == watcher) last = std::move(watcher_);
}

void ImportBuild::Wait() {
  v1::ImportProgress progress;
  progress.set_stage("waiting for another build");
  Tell(progress, /*always=*/true);
}

void ImportBuild::Run(WorkerPool* pool,
                      const std::function<bool()>& cancelled) {
  BuildStep step = BuildStep::kDescribing;
  const absl::StatusOr<v1::ImportDone> built = Build(pool, cancelled, &step);
  const std::string message =
      session_->WithSendersNames(std::string(built.status().message()));
  if (built.ok()) {
    // The version is there whatever becomes of its files.
    if (!session_->SetDone(*built).ok()) session_->Remove();
  } else if (IsOfTheFiles(step, built.status())) {
    session_->Remove();
  }
  session_ = nullptr;
  MutexLock lock(&mutex_);
  code_ = built.status().code();
  message_ = message;
  if (built.ok()) done_ = *built;
}

void ImportBuild::End() {
  std::shared_ptr<ImportWatcher> watcher;
  {
    MutexLock lock(&mutex_);
    ended_ = true;
    watcher = std::move(watcher_);
  }
  if (watcher != nullptr) TellEnd(watcher.get());
}

void ImportBuild::TellEnd(ImportWatcher* watcher) {
  absl::StatusCode code;
  std::string message;
  v1::ImportDone done;
  {
    MutexLock lock(&mutex_);
    code = code_;
    message = message_;
    done = done_;
  }
  watcher->OnBuilt(absl::Status(code, message), done);
}

absl::StatusOr<v1::ImportDone> ImportBuild::Build(
    WorkerPool* pool, const std::function<bool()>& cancelled, BuildStep* step) {
  AKIN_ASSIGN_OR_RETURN(VersionSpec spec,
                        VersionSpecFromWire(repository_, begin_));
  for (size_t i = 0; i < spec.tables.size(); ++i) {
    session_->files(static_cast<int>(i)).SetSources(&spec.tables[i]);
  }
  bool short_of_memory = false;
  BuildHooks hooks;
  hooks.step = [this, step](BuildStep begun, int64_t /*version*/) {
    *step = begun;
    Tell(ProgressToWire(begun), /*always=*/false);
  };
  hooks.progress = [this, &short_of_memory](const LoadProgress& progress) {
    Tell(ProgressToWire(progress), /*always=*/false);
    // What is served must not pay for what is built.
    short_of_memory = short_of_memory || MemoryIsShort();
    return !short_of_memory;
  };
  hooks.cancelled = cancelled;
  const absl::StatusOr<Manifest> manifest = BuildVersion(spec, pool, hooks);
  if (short_of_memory && absl::IsCancelled(manifest.status())) {
    return absl::ResourceExhaustedError(
        absl::StrCat("there is too little memory to build model ",
                     begin_.model(), " beside what is served"));
  }
  AKIN_RETURN_IF_ERROR(manifest.status());
  v1::ImportDone done;
  done.set_model(manifest->model);
  done.set_version(manifest->version);
  return done;
}

void ImportBuild::Tell(const v1::ImportProgress& progress, bool always) {
  std::shared_ptr<ImportWatcher> watcher;
  {
    const absl::Time now = absl::Now();
    MutexLock lock(&mutex_);
    progress_ = progress;
    if (!always && now - told_ < kProgressEvery) return;
    told_ = now;
    watcher = watcher_;
  }
  if (watcher != nullptr) watcher->OnProgress(progress);
}

}  // namespace akin::server
