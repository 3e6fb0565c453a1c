// The folder of sealed versions: <repository>/<model>/<version>/.
//
// A version is built aside, in <repository>/<model>/.building-<version>/, and
// becomes visible by one rename. Several programs may work on one repository:
// a lock on <model>/.lock orders their beginnings and ends, and a lock in the
// folder being built tells it from what an interrupted build left behind.

#ifndef AKIN_INDEX_VERSION_REPOSITORY_H_
#define AKIN_INDEX_VERSION_REPOSITORY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/file_lock.h"

namespace akin {

struct ModelFolder {
  std::string model;
  std::vector<int64_t> versions;  // rising
  // What stands in the folder and is no version: files, links, other names than
  // those with a dot in front, which are of the programs that work on it.
  std::vector<std::string> strays;
  // Not OK: the folder cannot be read, and the lists are empty.
  absl::Status status;
};

// "<repository>/<model>/<version>".
std::string VersionFolder(absl::string_view repository, absl::string_view model,
                          int64_t version);

// By model name; models without a version are left out, but those whose folder
// cannot be read are not. Folders of other names than a model may have, and
// links, are not followed. NOT_FOUND, PERMISSION_DENIED: of the repository
// itself.
absl::StatusOr<std::vector<ModelFolder>> ListRepository(
    const std::string& repository);

// The number of a version that the repository has; `version` 0 is the latest.
// NOT_FOUND: no such model, with those spelt alike, or no such version. Others
// as ListRepository says.
absl::StatusOr<int64_t> FindSealedVersion(const std::string& repository,
                                          const std::string& model,
                                          int64_t version);

// Orders changes of the model's folder, of whichever program. ABORTED: another
// has held it for ten seconds. Others: what the system says; NOT_FOUND: no such
// folder.
absl::StatusOr<FileLock> LockModel(const std::string& repository,
                                   absl::string_view model);

// A version while it is built. Not thread-safe.
class VersionBuild {
 public:
  // Makes the folders that are missing, which stay, and removes what
  // interrupted builds of the model left behind. Without a `version` it is the
  // one after the latest that is there or being built. INVALID_ARGUMENT: the
  // name or number. ALREADY_EXISTS: there is such a version. ABORTED: another
  // program is building it. Others: what the system says, with the path.
  static absl::StatusOr<std::unique_ptr<VersionBuild>> Begin(
      const std::string& repository, absl::string_view model,
      std::optional<int64_t> version);

  // Removes what was not published.
  ~VersionBuild();
  VersionBuild(const VersionBuild&) = delete;
  VersionBuild& operator=(const VersionBuild&) = delete;

  int64_t version() const { return version_; }
  // Empty at first; what is written into it is the version.
  const std::string& folder() const { return folder_; }

  // Once, when all files are written and synced. An error that says "is
  // published" came after it was, and says what may be lost; with any other
  // nothing is published.
  absl::Status Publish();

 private:
  VersionBuild(std::string model_folder, int64_t version);

  const std::string model_folder_;
  const int64_t version_;
  const std::string folder_;
  FileLock lock_;  // held while the version is built
  bool made_ = false;
  bool published_ = false;
};

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_REPOSITORY_H_
