// What a stream asks about its caller, without gRPC.

#ifndef AKIN_SERVER_AUTH_MODEL_ACCESS_H_
#define AKIN_SERVER_AUTH_MODEL_ACCESS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace akin::server {

class ModelAccess {
 public:
  virtual ~ModelAccess() = default;

  // Whether the caller may go on, for `model` if there is one. By one thread at
  // a time. UNAUTHENTICATED: not any more; PERMISSION_DENIED: not this model,
  // whether there is one or not.
  virtual absl::Status Admit(std::optional<absl::string_view> model) = 0;

  // `status` without the names of models that the caller must not know of.
  // Thread-safe.
  virtual absl::Status WithoutOthers(const absl::Status& status) const = 0;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_MODEL_ACCESS_H_
