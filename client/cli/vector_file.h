// Vectors typed at a shell or kept in a file.
#ifndef AKIN_CLIENT_CLI_VECTOR_FILE_H_
#define AKIN_CLIENT_CLI_VECTOR_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::client {

// One query vector a row; all numbers are finite.
using VectorRows = std::vector<std::vector<float>>;

// Reads a JSON array of numbers, a JSON array of such arrays, or the numbers of
// one vector with white space or commas between them. INVALID_ARGUMENT says
// what is wrong without naming where `text` comes from.
absl::StatusOr<VectorRows> ParseVectorText(absl::string_view text);

// Reads a .npy file of one dimension (one vector) or two (one vector a row) of
// little endian float32 or float64. INVALID_ARGUMENT as above.
absl::StatusOr<VectorRows> ParseNpy(absl::string_view bytes);

// Reads `path`, which may be a pipe: .npy by its first bytes, else text.
// INVALID_ARGUMENT names the file.
absl::StatusOr<VectorRows> ReadVectorFile(const std::string& path);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_VECTOR_FILE_H_
