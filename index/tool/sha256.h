// SHA-256 of a file, by OpenSSL.

#ifndef AKIN_INDEX_TOOL_SHA256_H_
#define AKIN_INDEX_TOOL_SHA256_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index/version/manifest.h"

namespace akin {

// A trained file as it is stored: `name`, length and sum. What cannot be read
// twice, such as a pipe, has a name only. Errors as StoredFile::Open says, and
// that of `go_on`, which is asked after each MiB.
absl::StatusOr<SourceFile> DescribeSource(
    const std::string& path, const std::string& name,
    const std::function<absl::Status()>& go_on);

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_SHA256_H_
