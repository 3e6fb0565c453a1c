#include "server/pin_version.h"

#include "absl/strings/str_cat.h"

namespace akin::server {

absl::Status UnknownOrNotYet(const absl::Status& found,
                             const ServerState& state, const std::string& model,
                             bool was_loading) {
  // What is there is there: a wrong version of it will not come by waiting.
  if (!was_loading || !absl::IsNotFound(found) ||
      state.catalog.Find(model).ok()) {
    return found;
  }
  return absl::UnavailableError(
      absl::StrCat("the server is still loading; model \"", model,
                   "\" is not available yet"));
}

absl::StatusOr<std::shared_ptr<const Version>> PinVersion(
    const ServerState& state, const std::string& model,
    const VersionChoice& choice, ShadowChoice* shadow) {
  // Asked before the catalog is looked at: a moment later all may be loaded.
  const bool loading = state.phase == Phase::kLoading;
  auto version = state.catalog.Pin(model, choice, shadow);
  if (version.ok()) return version;
  return UnknownOrNotYet(version.status(), state, model, loading);
}

}  // namespace akin::server
