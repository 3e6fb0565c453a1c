// akin-build inspect and verify.

#ifndef AKIN_INDEX_TOOL_INSPECT_COMMAND_H_
#define AKIN_INDEX_TOOL_INSPECT_COMMAND_H_

#include <string>

#include "absl/status/status.h"

namespace akin {

// Prints what the manifest in `folder` says on stdout, for people, with the
// number of golden queries, or as JSON.
absl::Status Inspect(const std::string& folder, bool json);

// Reads every byte of the version in `folder`, and asks its golden queries.
absl::Status Verify(const std::string& folder, size_t threads);

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_INSPECT_COMMAND_H_
