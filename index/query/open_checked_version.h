// A sealed version as a server may serve it: read, verified, and found to
// answer its golden queries.

#ifndef AKIN_INDEX_QUERY_OPEN_CHECKED_VERSION_H_
#define AKIN_INDEX_QUERY_OPEN_CHECKED_VERSION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/worker_pool.h"
#include "index/version/sealed_version.h"
#include "index/version/version.h"

namespace akin {

// OpenVersion, and then the golden queries that were sealed with it, if any, on
// this thread; the progress is called before each of them, too, with all bytes
// done. FAILED_PRECONDITION: some of them fail, or are of a form that this
// program does not know. Others as OpenVersion says.
absl::StatusOr<std::shared_ptr<const Version>> OpenCheckedVersion(
    const std::string& folder, absl::string_view model, int64_t number,
    WorkerPool* pool, const OpenOptions& options = {});

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_OPEN_CHECKED_VERSION_H_
