// SHA-256 of a file, by OpenSSL.

#ifndef AKIN_INDEX_TOOL_SHA256_H_
#define AKIN_INDEX_TOOL_SHA256_H_

#include <string>

#include "absl/status/statusor.h"
#include "index/version/manifest.h"

namespace akin {

// A trained file as it is stored: its name, length and sum. What cannot be read
// twice, such as a pipe, has a name only. Errors as StoredFile::Open says.
absl::StatusOr<SourceFile> DescribeSource(const std::string& path);

}  // namespace akin

#endif  // AKIN_INDEX_TOOL_SHA256_H_
