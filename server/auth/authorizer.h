// Decides by its token whether a call may be made. The file of tokens is read
// again when it changes; one that cannot be used leaves the tokens as they are.
//
// Thread-safe, but for Look.

#ifndef AKIN_SERVER_AUTH_AUTHORIZER_H_
#define AKIN_SERVER_AUTH_AUTHORIZER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/mutex.h"
#include "server/auth/token_file.h"
#include "server/auth/watched_files.h"

namespace akin::server {

// A line for the server's log, never with a token in it.
using SaySecurity = std::function<void(const std::string& line, bool is_error)>;

// Who calls. Without a token, where none is asked for, it may do everything.
struct Caller {
  std::shared_ptr<const Token> token;

  // Whether the models it may use are some only.
  bool limited() const { return token != nullptr && !token->models.empty(); }

  // UNAUTHENTICATED: the token was taken out of the file since the call began.
  absl::Status CheckValid() const;
  // The same. PERMISSION_DENIED: not this model, whether there is one or not.
  absl::Status CheckModel(absl::string_view model) const;

  // `status` without the names of models that it must not know of.
  absl::Status WithoutOthers(const absl::Status& status) const;
};

class Authorizer {
 public:
  // Errors as ReadTokens says.
  static absl::StatusOr<std::unique_ptr<Authorizer>> Open(std::string path,
                                                          SaySecurity say);

  // May `path` be called with these values of the metadata `authorization`?
  // UNAUTHENTICATED: no token, or none that is known. PERMISSION_DENIED: its
  // role is too low, or nobody may call that. An open method has no token.
  // `known`, if not null, gets the name of a token that is known, even if it
  // may not.
  absl::StatusOr<Caller> Authorize(
      absl::string_view path, absl::Span<const absl::string_view> authorization,
      std::string* known = nullptr) const;

  // Reads the file again if it has changed. From one thread.
  void Look();

 private:
  Authorizer(std::string path, SaySecurity say, Tokens tokens);

  std::shared_ptr<const Tokens> tokens() const;

  const std::string path_;
  const SaySecurity say_;
  WatchedFiles file_;
  mutable Mutex mutex_;
  std::shared_ptr<const Tokens> tokens_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_AUTHORIZER_H_
