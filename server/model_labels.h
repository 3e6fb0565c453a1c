// The labels of a repository (index/version/labels.h) and those of the catalog,
// changed together.
//
// A label names what the repository says, once that version is loaded; until
// then it goes on naming what it named before. The label stable, as long as
// nobody has set it, names the latest loaded version, if the server follows
// that.
//
// Thread-safe.

#ifndef AKIN_SERVER_MODEL_LABELS_H_
#define AKIN_SERVER_MODEL_LABELS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index/base/mutex.h"
#include "index/version/catalog.h"
#include "index/version/labels.h"

namespace akin::server {

struct LabelChange {
  std::optional<int64_t> version = std::nullopt;  // absent: it is removed
  std::optional<double> share = std::nullopt;     // absent: as it was
  std::optional<double> shadow_share = std::nullopt;
  // Who has the label, 0 for nobody; absent: whoever.
  std::optional<int64_t> expected = std::nullopt;
};

class ModelLabels {
 public:
  using Say = std::function<void(const std::string& line, bool is_error)>;

  // `catalog` must outlive this.
  ModelLabels(std::string repository, bool follow_latest, Say say,
              Catalog* catalog)
      : repository_(std::move(repository)),
        follow_latest_(follow_latest),
        say_(std::move(say)),
        catalog_(*catalog) {}

  // Reads the model's labels and puts them into the catalog. What others have
  // changed since is said. Labels that cannot be read stay as they were, which
  // is said once; where none were ever read, none is in force, nor does stable
  // follow the latest.
  void Follow(const std::string& model);

  // As last read.
  Labels Of(const std::string& model) const;
  bool Name(const std::string& model, int64_t version) const;
  bool StableFollowsLatest(const std::string& model) const {
    return Follows(model, Of(model));
  }

  // With the labels that name it, in one step. As Catalog::Publish.
  absl::Status Publish(std::shared_ptr<const Version> version);

  // As Catalog::Retire.
  absl::StatusOr<std::shared_ptr<const Version>> Retire(
      const std::string& model, int64_t number) {
    MutexLock changing(&changing_);
    return catalog_.Retire(model, number);
  }

  // Returns the version that had the label before, or 0. NOT_FOUND: the version
  // is not loaded; the label to be removed was set by nobody. ABORTED: another
  // than the expected one has it. INVALID_ARGUMENT, FAILED_PRECONDITION: as
  // CheckNewLabelName, CheckLabel and ChangeLabels say.
  absl::StatusOr<int64_t> Set(const std::string& model,
                              const std::string& label,
                              const LabelChange& change);

 private:
  bool Follows(const std::string& model, const Labels& labels) const;
  bool WereRead(const std::string& model) const;
  void SayChanges(const std::string& model, const Labels& before,
                  const Labels& now) const;
  // False: they were never read.
  bool NoteUnreadable(const std::string& model);
  void Remember(const std::string& model, Labels labels);
  void Apply(const std::string& model) ABSL_EXCLUSIVE_LOCKS_REQUIRED(changing_);

  const std::string repository_;
  const bool follow_latest_;
  const Say say_;
  Catalog& catalog_;

  // Held while the repository's labels and the catalog's are changed together,
  // which may wait for a disk; comes before mutex_.
  Mutex changing_;
  mutable Mutex mutex_;
  std::map<std::string, Labels> read_ ABSL_GUARDED_BY(mutex_);
  // Models whose labels were never read, as they are damaged.
  std::set<std::string> unreadable_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> said_ ABSL_GUARDED_BY(changing_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_MODEL_LABELS_H_
