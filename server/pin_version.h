// The version that a request is about.

#ifndef AKIN_SERVER_PIN_VERSION_H_
#define AKIN_SERVER_PIN_VERSION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "index/base/status_macros.h"
#include "index/version/version.h"
#include "server/convert.h"
#include "server/server_state.h"

namespace akin::server {

// UNAVAILABLE: the server is loading, and `model` may not be there yet.
// NOT_FOUND: no such model, version or label.
absl::StatusOr<std::shared_ptr<const Version>> PinVersion(
    const ServerState& state, const std::string& model,
    const VersionChoice& choice, ShadowChoice* shadow = nullptr);

// `Request` is any message with a model, the oneof version_choice and a routing
// key. INVALID_ARGUMENT: the key is too long.
template <class Request>
absl::StatusOr<std::shared_ptr<const Version>> PinVersion(
    const ServerState& state, const Request& request,
    ShadowChoice* shadow = nullptr) {
  AKIN_ASSIGN_OR_RETURN(const VersionChoice choice,
                        VersionChoiceFromWire(request));
  return PinVersion(state, request.model(), choice, shadow);
}

// `found` unless it says NOT_FOUND while the server `was_loading`.
absl::Status UnknownOrNotYet(const absl::Status& found,
                             const ServerState& state, const std::string& model,
                             bool was_loading);

}  // namespace akin::server

#endif  // AKIN_SERVER_PIN_VERSION_H_
