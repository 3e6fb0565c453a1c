// The imports of a server: who sends which, how many there may be, the threads
// that write their files, and the one that builds, with low priority and one
// build at a time.
//
// A connection that is lost without a word is noticed late, by its keepalive.
// So whoever begins an import that another call is sending goes on in its
// place, and a caller that says nothing keeps its place only until somebody
// wants it.
//
// Thread-safe.

#ifndef AKIN_SERVER_IMPORTS_H_
#define AKIN_SERVER_IMPORTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/base/mutex.h"
#include "index/base/worker_pool.h"
#include "server/import_build.h"
#include "server/import_sender.h"
#include "server/import_session.h"
#include "server/task_thread.h"

namespace akin::server {

class Imports {
 public:
  static constexpr size_t kMost = 4;  // at once, those being built among them
  // Who has said nothing for so long gives its place to another.
  static constexpr absl::Duration kMostSilence = absl::Seconds(30);
  // For the part that a call is writing which is asked to yield.
  static constexpr absl::Duration kPatience = absl::Seconds(5);

  // Without a repository nothing can be imported. `under_way`, if not null, is
  // told how many there are, and must outlive this.
  explicit Imports(ImportSession::Options options,
                   absl::Duration most_silence = kMostSilence,
                   std::atomic<uint64_t>* under_way = nullptr)
      : options_(std::move(options)),
        most_silence_(most_silence),
        under_way_(under_way) {}
  // Ends the builds: their files stay. No call may be running.
  ~Imports();
  Imports(const Imports&) = delete;
  Imports& operator=(const Imports&) = delete;

  // One of both: files to be sent, or the same import at its build.
  struct Begun {
    std::shared_ptr<ImportSession> session;
    std::shared_ptr<ImportBuild> build;
  };
  // As ImportSession::Open; FAILED_PRECONDITION: no repository; ABORTED also:
  // the import is under way with other settings; RESOURCE_EXHAUSTED: too many
  // imports, all of which are heard of. Another call that sends the same import
  // is asked to yield, and so is the most silent one where places are short.
  // Waits for the disk, and kPatience for who yields.
  absl::StatusOr<Begun> Begin(const v1::ImportBegin& begin,
                              const std::shared_ptr<ImportSender>& sender);

  // Builds when those before it are built, and tells `watcher`. The session is
  // complete. ABORTED: another call goes on with it; UNAVAILABLE: it was
  // silent, and another import has its place.
  absl::StatusOr<std::shared_ptr<ImportBuild>> Build(
      std::shared_ptr<ImportSession> session,
      std::shared_ptr<ImportWatcher> watcher);

  // Runs `task` soon, on a thread that may wait for the disk.
  void Post(std::function<void()> task);

 private:
  using Key = std::pair<std::string, std::string>;  // model, import id
  static Key KeyOf(const v1::ImportBegin& begin) {
    return {begin.model(), begin.import_id()};
  }

  // Of an import, from its begin to the end of its build. One call after the
  // other may have it.
  struct Place {
    uint64_t turn = 0;  // of the call that has it
    v1::ImportBegin begin;
    std::weak_ptr<ImportSender> sender;      // none: it is built
    const ImportSession* session = nullptr;  // of that turn, once it is open
  };
  struct Entry;

  absl::Status Enter(const v1::ImportBegin& begin,
                     const std::shared_ptr<ImportSender>& sender, Entry* entry);
  // Takes the place of the most silent.
  absl::Status MakeRoom(Entry* entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Leave(const Key& key, uint64_t turn);
  void Count() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (under_way_ != nullptr) *under_way_ = places_.size();
  }
  void Run(ImportBuild* build);

  const ImportSession::Options options_;
  const absl::Duration most_silence_;
  std::atomic<uint64_t>* const under_way_;
  WorkerPool alone_{1};  // of the build
  Mutex mutex_;
  uint64_t turns_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<Key, Place> places_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, std::shared_ptr<ImportBuild>> builds_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> stopping_{false};
  // Begun with the first import, and ended before what they use.
  std::optional<WorkerPool> writers_ ABSL_GUARDED_BY(mutex_);
  std::optional<TaskThread> builder_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORTS_H_
