#include "index/query/open_checked_version.h"

#include <functional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/query/golden_queries.h"
#include "index/version/manifest.h"

namespace akin {
namespace {

absl::Status CheckGolden(const std::string& folder, const Version& version,
                         const OpenProgress& progress) {
  AKIN_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder));
  AKIN_ASSIGN_OR_RETURN(const std::string text,
                        ReadGoldenQueries(folder, manifest));
  const std::string path = absl::StrCat(folder, "/", kGoldenFile);
  const auto queries = ParseGoldenQueries(text, path);
  // The file is what was sealed, so another program knew more of them.
  if (!queries.ok()) {
    return absl::FailedPreconditionError(queries.status().message());
  }
  uint64_t bytes = 0;
  for (const TableManifest& table : manifest.tables) bytes += table.file_bytes;
  std::function<bool()> go_on;
  if (progress) go_on = [&] { return progress(bytes, bytes); };
  return Annotate(
      CheckGoldenQueries(version, *queries, /*stop=*/nullptr, go_on), path);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Version>> OpenCheckedVersion(
    const std::string& folder, absl::string_view model, int64_t number,
    WorkerPool* pool, const OpenOptions& options) {
  AKIN_ASSIGN_OR_RETURN(std::shared_ptr<const Version> version,
                        OpenVersion(folder, model, number, pool, options));
  AKIN_RETURN_IF_ERROR(CheckGolden(folder, *version, options.progress));
  return version;
}

}  // namespace akin
