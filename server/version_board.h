// What became of the versions of a repository: which are sealed, being loaded,
// failed, asked for, being let go. Thread-safe; what is served is the
// catalog's.

#ifndef AKIN_SERVER_VERSION_BOARD_H_
#define AKIN_SERVER_VERSION_BOARD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "index/base/mutex.h"
#include "index/version/catalog.h"
#include "server/model_facts.h"

namespace akin::server {

class VersionBoard {
 public:
  // Why a version was not loaded, and what its files were then.
  struct Failure {
    std::string stamp;
    absl::StatusCode code = absl::StatusCode::kUnknown;
    std::string message;
    bool lasting = false;  // as long as the files are the same
  };

  // What the repository has, rising, and what labels name, there or not. What
  // neither has, and nobody asked for, is forgotten. False: what is wrong with
  // the folder (`problem`, empty for nothing) is as it was.
  bool SetSealed(const std::string& model, std::vector<int64_t> versions,
                 const std::set<int64_t>& labelled, const std::string& problem);
  // Rising.
  std::vector<int64_t> Sealed(const std::string& model) const;
  std::vector<std::string> Models() const;

  void BeginLoad(const std::string& model, int64_t version);
  void ShowProgress(const std::string& model, uint64_t done, uint64_t total);
  // False if it failed as it did before.
  bool EndLoad(const std::string& model, int64_t version,
               std::optional<Failure> failure);
  std::optional<Failure> FailureOf(const std::string& model,
                                   int64_t version) const;

  // A request forgets a failure, and that the version was let go.
  void Request(const std::string& model, int64_t version, bool force);
  std::vector<int64_t> Requested(const std::string& model) const;
  // It is not asked for any more. False: it was not.
  bool Withdraw(const std::string& model, int64_t version);
  bool IsRequested(const std::string& model, int64_t version) const;
  bool IsForced(const std::string& model, int64_t version) const;

  // `wanted`: it may be loaded again by itself, and is if it was asked for
  // meanwhile.
  void Retire(std::shared_ptr<const Version> version, bool wanted);
  // Let go by hand, and not asked for since.
  bool IsUnwanted(const std::string& model, int64_t version) const;
  // Lets go of those that nobody reads any more, and gives the system back the
  // heap that they leave, which locks each part of it for a moment. False: some
  // are left.
  bool FreeRetired();

  // What people should know of a loaded version, empty for nothing. False: it
  // is what was set before.
  bool SetNote(const std::string& model, int64_t version,
               const std::string& note);

  // Newest first. `published`: what the catalog has, maybe nothing.
  std::vector<VersionFacts> Describe(const PublishedModel& published) const;

 private:
  struct Progress {
    int64_t version = 0;
    uint64_t done = 0;
    uint64_t total = 0;
  };
  struct Record {
    std::vector<int64_t> sealed;
    std::string problem;
    std::map<int64_t, Failure> failures;
    std::map<int64_t, bool> requested;  // true: by force
    std::set<int64_t> unwanted;
    std::optional<Progress> loading;
    std::vector<std::shared_ptr<const Version>> retired;
    std::map<int64_t, std::string> notes;
  };
  // Null: nothing is known.
  const Record* Find(const std::string& model) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, Record> records_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_VERSION_BOARD_H_
