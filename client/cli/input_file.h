// Files that a person names on the command line.
#ifndef AKIN_CLIENT_CLI_INPUT_FILE_H_
#define AKIN_CLIENT_CLI_INPUT_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace akin::client {

// The whole of `path`, which may be a pipe. INVALID_ARGUMENT names a file that
// cannot be read, or that is larger than 64 MiB: no request could hold it.
absl::StatusOr<std::string> ReadInputFile(const std::string& path);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_INPUT_FILE_H_
