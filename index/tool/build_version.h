// Trained files -> a sealed version in a repository: for akin-build, and for
// whoever else makes versions. Handles no signals and prints nothing.

#ifndef AKIN_INDEX_TOOL_BUILD_VERSION_H_
#define AKIN_INDEX_TOOL_BUILD_VERSION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/worker_pool.h"
#include "index/query/golden_queries.h"
#include "index/version/load_version.h"
#include "index/version/manifest.h"

namespace akin {

struct VersionSpec {
  std::string repository;
  std::string model;
  std::optional<int64_t> version;  // none: the one after the latest
  std::vector<TableSpec> tables;
  std::string training_run;
  std::map<std::string, std::string> metadata;
  // Text of index/query/golden_queries.h, with a query at least.
  std::optional<std::string> golden_queries;
  std::string golden_path = "golden queries";  // for messages
};

enum class BuildStep : uint8_t {
  kDescribing,  // the trained files are read once for their sums
  kLoading,     // LoadVersion
  kSealing,     // written aside
  kVerifying,   // read as a server would
  kAsking,      // the golden queries, if there are any
  kPublishing,
};

// "reading the trained files for their sums", ...
absl::string_view BuildStepName(BuildStep step);

// Called from the building thread; each may be null.
struct BuildHooks {
  // A step begins. `version` is the number that it will have; 0 while that is
  // not known.
  std::function<void(BuildStep step, int64_t version)> step;
  // How far kLoading is; false cancels.
  std::function<bool(const LoadProgress&)> progress;
  // What was built, before it is sealed; it goes away afterwards.
  std::function<void(const Version&)> loaded;
  // Asked in all steps, now and then; true ends the build. Only while the disk
  // takes the end of a table's file it is not asked.
  std::function<bool()> cancelled;
};

// The golden queries of `spec`, read; none if it has no text.
// INVALID_ARGUMENT: as ParseGoldenQueries says, a text without a query, or a
// query of a table that the version will not have.
absl::StatusOr<std::vector<GoldenQuery>> GoldenQueriesOf(
    const VersionSpec& spec);

// Describes the files, loads them, seals the version aside, reads it back,
// asks its golden queries, and publishes it. With an error there is no such
// version; the folders of the repository and the model, and the lock in it,
// may have been made. INVALID_ARGUMENT: as GoldenQueriesOf says.
// FAILED_PRECONDITION: they fail. ABORTED: a file has changed while it was
// read, or another program builds that version. CANCELLED: a hook said so.
// Others as LoadVersion, VersionBuild, SealVersion and OpenVersion say; an
// error that says "is published" as VersionBuild::Publish says.
absl::StatusOr<Manifest> BuildVersion(const VersionSpec& spec, WorkerPool* pool,
                                      const BuildHooks& hooks = {});

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_BUILD_VERSION_H_
