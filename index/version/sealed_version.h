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
  // Text of kGoldenFile, at most kMaxGoldenBytes; empty: no such file.
  std::string golden_queries;
};

// Writes `version` into `folder`, which is there and empty; the manifest last.
// When it returns OK the files are on the disk; the folder itself is its
// caller's to sync. With an error some files may be there, and no manifest.
// INVALID_ARGUMENT: too many golden queries. CANCELLED: `go_on`, which is asked
// every MiB and may be null, said so. What the system says, with the path,
// otherwise: RESOURCE_EXHAUSTED when there is no room.
absl::StatusOr<Manifest> SealVersion(
    const Version& version, const SealFacts& facts, const std::string& folder,
    const std::function<bool()>& go_on = nullptr);

// NOT_FOUND: no manifest. Others as ParseManifest says.
absl::StatusOr<Manifest> ReadManifest(const std::string& folder);

// The text that was sealed as golden queries; empty if there were none.
// NOT_FOUND or DATA_LOSS: it is not as it was written.
absl::StatusOr<std::string> ReadGoldenQueries(const std::string& folder,
                                              const Manifest& manifest);

// Called now and then, from any thread, one call at a time; false cancels.
using OpenProgress = std::function<bool(uint64_t bytes, uint64_t of)>;

struct OpenOptions {
  OpenProgress progress = nullptr;  // may be null
  // Vectors and index stay in the files, and in memory only as long as there is
  // room: for versions that are larger than memory, or rarely asked. Queries
  // are slower, and a file that is shortened meanwhile ends the process.
  bool map = false;
};

// Reads what SealVersion wrote: every byte is verified on its way, and what the
// files say of each other is compared. DATA_LOSS: something is not as it was
// written; FAILED_PRECONDITION: a format this program does not know, or a
// folder of another version than `model` and `number`; RESOURCE_EXHAUSTED: no
// memory. Each names the file. Golden queries are read, not asked
// (index/query/open_checked_version.h does).
absl::StatusOr<std::shared_ptr<const Version>> OpenVersion(
    const std::string& folder, absl::string_view model, int64_t number,
    WorkerPool* pool, const OpenOptions& options = {});

// Compares the sum of every byte of every file, also of what OpenVersion does
// not need, and holds none of it in memory.
absl::StatusOr<Manifest> VerifyVersion(const std::string& folder,
                                       WorkerPool* pool,
                                       const OpenProgress& progress = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_SEALED_VERSION_H_
