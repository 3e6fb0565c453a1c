// The file of tokens: who may call, in which role, and for which models.
//
//   # name  role    [models=GLOB,...]  sha256:HEX
//   web     search  models=glove,movies-*  sha256:9f86d081884c7d659a2feaa0...
//   night   edit    sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c07...
//
// Only the SHA-256 of a token is in it, so who reads the file cannot call. A
// token is made by a machine (`openssl rand -hex 32`): nobody can try 2^256 of
// them, which is why a plain hash does where a password would need a slow one.

#ifndef AKIN_SERVER_AUTH_TOKEN_FILE_H_
#define AKIN_SERVER_AUTH_TOKEN_FILE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/auth/roles.h"

namespace akin::server {

using Sha256Sum = std::array<uint8_t, 32>;

Sha256Sum Sha256(absl::string_view text);

struct Token {
  std::string name;
  Role role = Role::kSearch;
  std::vector<std::string> models;  // globs; none: every model
  Sha256Sum sum = {};
  // It is no longer in the file: calls that still run with it, as streams do,
  // are to end. The rest never changes.
  mutable std::atomic<bool> revoked{false};

  bool MayUse(absl::string_view model) const;
};

using Tokens = std::vector<std::shared_ptr<const Token>>;

inline constexpr size_t kMostTokens = 1000;
// Names stand in messages and in the log, so none may be as long as a token or
// a sum that has slipped into its place.
inline constexpr size_t kMostTokenNameBytes = 31;
inline constexpr size_t kMostTokenFileBytes = size_t{1} << 20;
inline constexpr size_t kMostTokenLineBytes = 4096;
inline constexpr size_t kMostTokenBytes = 4096;

// INVALID_ARGUMENT names the file and the first line that is not as above, or
// says that there is no token at all. No message holds a sum.
absl::StatusOr<Tokens> ParseTokens(absl::string_view text,
                                   const std::string& file_name);

// The same; NOT_FOUND: `path` cannot be read.
absl::StatusOr<Tokens> ReadTokens(const std::string& path);

// The one that `secret` is; null: none. Takes the same time whichever it is,
// and however much of one was guessed.
std::shared_ptr<const Token> FindToken(const Tokens& tokens,
                                       absl::string_view secret);

// Whether `glob`, in which * stands for any text and ? for any character,
// matches all of `name`.
bool MatchesGlob(absl::string_view glob, absl::string_view name);

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_TOKEN_FILE_H_
