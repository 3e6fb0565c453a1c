// Serves the versions of a repository (index/version/repository.h): the latest
// of every model, and what is sealed while the server runs.
//
// A version is read aside, while the one before it goes on serving, and
// published with all its tables in one step. One that cannot be read changes
// nothing. Who has pinned an old one keeps it; it is let go here, never by a
// request.
//
// Not thread-safe: one thread looks after a repository. The catalog it
// publishes to is.

#ifndef AKIN_SERVER_REPOSITORY_WATCHER_H_
#define AKIN_SERVER_REPOSITORY_WATCHER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "index/base/worker_pool.h"
#include "index/version/catalog.h"
#include "index/version/repository.h"

namespace akin::server {

class RepositoryWatcher {
 public:
  struct Options {
    std::string repository;
    // Versions of a model that stay loaded; at least 1. The older ones are what
    // one can go back to.
    size_t keep_versions = 2;
    // A line for the log: what was loaded, what could not be.
    std::function<void(const std::string& line, bool is_error)> say;
    // Asked now and then; true ends a load.
    std::function<bool()> cancelled;
  };

  // `catalog` must outlive this.
  RepositoryWatcher(Options options, Catalog* catalog)
      : options_(std::move(options)), catalog_(*catalog) {}

  // Looks once: loads the latest version of each model that is later than what
  // is served, or, where that fails, the latest that can be read, on `pool`.
  // What is damaged, or not complete, is tried again when its files have
  // changed; what failed otherwise, each time. NOT_FOUND, PERMISSION_DENIED,
  // ...: the repository cannot be read. CANCELLED.
  absl::Status Look(WorkerPool* pool);

  // Lets go of the retired versions that nobody has pinned any more. False as
  // long as some are left.
  bool FreeRetired();

 private:
  absl::Status LookAt(const ModelFolder& folder, WorkerPool* pool);
  absl::Status Load(const std::string& model, int64_t version,
                    WorkerPool* pool);
  void RetireOld(const std::string& model);
  // 0: none.
  int64_t LatestServed(const std::string& model) const;

  const Options options_;
  Catalog& catalog_;
  // Why a version was not loaded, and what its files were then.
  struct Failure {
    std::string stamp;
    std::string message;
    bool lasting = false;  // as long as the files are the same
  };
  void Fail(const std::string& model, int64_t version, int64_t served,
            const absl::Status& why, std::string stamp);

  std::map<std::pair<std::string, int64_t>, Failure> failures_;
  std::set<std::string> strays_said_;
  std::vector<std::shared_ptr<const Version>> retired_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_REPOSITORY_WATCHER_H_
