// Keeps those versions of a repository (index/version/repository.h) loaded that
// are wanted: what a label names, what was stable before, so that one can go
// back to it at once, what LoadVersion asked for, and, unless told otherwise,
// the latest of every model, which is stable as long as nobody has set that
// label (index/version/labels.h).
//
// A version is read aside, while the one before it goes on serving, and
// published with all its tables and labels in one step. One that cannot be read
// changes nothing, and is remembered with the reason. Who has pinned an old one
// keeps it; it is let go by the thread that loads, never by a request.
//
// Thread-safe; Look is for one thread.

#ifndef AKIN_SERVER_VERSION_KEEPER_H_
#define AKIN_SERVER_VERSION_KEEPER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index/base/worker_pool.h"
#include "index/version/catalog.h"
#include "index/version/repository.h"
#include "server/folder_watch.h"
#include "server/load_plan.h"
#include "server/load_stats.h"
#include "server/model_facts.h"
#include "server/model_labels.h"
#include "server/version_board.h"

namespace akin::server {

class VersionKeeper {
 public:
  struct Options {
    std::string repository;
    // Versions of a model that stay loaded; at least 1. The older ones are what
    // one can go back to.
    size_t keep_versions = 2;
    // Load the latest of every model, and let stable follow it.
    bool follow_latest = true;
    bool map_files = false;  // OpenOptions::map
    // A line for the log: what was loaded, what could not be. Any thread.
    std::function<void(const std::string& line, bool is_error)> say;
    // Where loads are counted; must outlive the keeper. May be null.
    LoadStats* loads = nullptr;
    // Instead of the machine's, for tests. May be null.
    std::function<uint64_t()> available_memory;
  };

  // `catalog` must outlive this.
  VersionKeeper(Options options, Catalog* catalog);

  // Looks once: follows the labels, loads what is wanted on `pool`, retires
  // what is not wanted any more. Of the latest versions that cannot be read the
  // one before is loaded. What is damaged, or not complete, is tried again when
  // its files have changed; what failed otherwise, each time. NOT_FOUND,
  // PERMISSION_DENIED, ...: the repository cannot be read. CANCELLED: Cancel.
  absl::Status Look(WorkerPool* pool);

  // Lets go of the retired versions that nobody has pinned any more. False as
  // long as some are left.
  bool FreeRetired() { return board_.FreeRetired(); }

  // Something has come into the repository: it is worth a Look.
  void Wake() { wish_ = true; }
  // True once after that, or after something was asked for that a Look would
  // do.
  bool TakeWish() { return wish_.exchange(false); }

  // Ends a Look that is at work, and all later ones.
  void Cancel() { cancelled_ = true; }

  // Version 0 is the latest. NOT_FOUND: not in the repository. Others as
  // ReadManifest says.
  absl::StatusOr<LoadPlan> Plan(const std::string& model,
                                int64_t version) const;

  // The next Look loads it, and it stays. Returns its number. NOT_FOUND: not in
  // the repository. RESOURCE_EXHAUSTED: does not fit, unless `force`.
  absl::StatusOr<int64_t> RequestLoad(const std::string& model, int64_t version,
                                      bool force);

  // What was asked for and is not loaded yet, or could not be, is not asked for
  // any more. NOT_FOUND, FAILED_PRECONDITION: as Catalog::Retire says.
  absl::Status Unload(const std::string& model, int64_t version);

  // As ModelLabels::Set. `forced`, against a threshold, is for the log.
  absl::StatusOr<int64_t> SetLabel(const std::string& model,
                                   const std::string& label,
                                   const LabelChange& change, bool forced);

  // By name: models of the repository and of the catalog.
  std::vector<ModelFacts> Describe() const;
  // NOT_FOUND: neither has such a model.
  absl::StatusOr<ModelFacts> Describe(const std::string& model) const;

 private:
  void SayWhetherIsRepository(const std::vector<ModelFolder>& folders);
  void Remember(const ModelFolder& folder);
  void CheckFolders(const std::string& model);
  absl::Status LookAt(const std::string& model, WorkerPool* pool);
  std::vector<int64_t> Named(const std::string& model) const;
  bool KeepsPrevious(const std::string& model, int64_t previous) const;
  absl::Status LoadNamed(const std::string& model, WorkerPool* pool);
  absl::Status LoadLatest(const std::string& model, WorkerPool* pool);
  absl::Status TryLoad(const std::string& model, int64_t version,
                       WorkerPool* pool);
  absl::Status Load(const std::string& model, int64_t version,
                    WorkerPool* pool);
  void RetireOld(const std::string& model);

  absl::StatusOr<LoadPlan> PlanFor(const std::string& model,
                                   int64_t version) const;
  PublishedModel Published(const std::string& model) const;
  bool IsLoaded(const std::string& model, int64_t version) const;
  bool IsWithdrawn(const std::string& model, int64_t version) const;
  std::vector<int64_t> Old(const PublishedModel& published, size_t keep) const;

  const Options options_;
  Catalog& catalog_;
  ModelLabels labels_;
  VersionBoard board_;
  FolderWatch folders_;  // of who Looks
  bool has_looked_ = false;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> wish_{false};
  std::atomic<double> bytes_per_second_;  // of the latest load
};

}  // namespace akin::server

#endif  // AKIN_SERVER_VERSION_KEEPER_H_
