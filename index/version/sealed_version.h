// A version as files: one sealed file a table (index/base/sealed_file.h) and a
// manifest, in a folder of their own. What lies where: FORMAT.md beside this.

#ifndef AKIN_INDEX_VERSION_SEALED_VERSION_H_
#define AKIN_INDEX_VERSION_SEALED_VERSION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/worker_pool.h"
#include "index/version/manifest.h"
#include "index/version/version.h"

namespace akin {

// What the version itself does not know.
struct SealFacts {
  int64_t created_unix_seconds = 0;
  std::string training_run;
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::vector<SourceFile>> sources;  // by table
};

// Writes `version` into `folder`, which is there and empty; the manifest last.
// When it returns OK the files are on the disk; the folder itself is its
// caller's to sync. What the system says, with the
// path, otherwise: RESOURCE_EXHAUSTED when there is no room.
absl::StatusOr<Manifest> SealVersion(const Version& version,
                                     const SealFacts& facts,
                                     const std::string& folder);

// NOT_FOUND: no manifest. Others as ParseManifest says.
absl::StatusOr<Manifest> ReadManifest(const std::string& folder);

// Called before each table; false cancels.
using OpenProgress = std::function<bool(uint64_t bytes, uint64_t of)>;

// Reads what SealVersion wrote: every byte is verified on its way, and what the
// files say of each other is compared. DATA_LOSS: something is not as it was
// written; FAILED_PRECONDITION: a format this program does not know, or a
// folder of another version than `model` and `number`; RESOURCE_EXHAUSTED: no
// memory. Each names the file.
absl::StatusOr<std::shared_ptr<const Version>> OpenVersion(
    const std::string& folder, absl::string_view model, int64_t number,
    WorkerPool* pool, const OpenProgress& progress = nullptr);

// Reads every byte of the version, loads it, and lets it go.
absl::StatusOr<Manifest> VerifyVersion(const std::string& folder,
                                       WorkerPool* pool);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_SEALED_VERSION_H_
