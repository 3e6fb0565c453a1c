// One call: may its caller make it, for this model, and what is said of it in
// the audit log. Used by one thread at a time.

#ifndef AKIN_SERVER_AUTH_CALL_ACCESS_H_
#define AKIN_SERVER_AUTH_CALL_ACCESS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"
#include "server/auth/model_access.h"
#include "server/auth/security.h"

namespace grpc {
class CallbackServerContext;
}

namespace akin::server {

// The model that a request names; none, if it is about no model. There is one
// for every request, or it does not compile.
template <class Request>
std::optional<absl::string_view> ModelOf(const Request& request) {
  return absl::string_view(request.model());
}
inline std::optional<absl::string_view> ModelOf(
    const v1::ExplainRequest& request) {
  return absl::string_view(request.request().model());
}
inline std::optional<absl::string_view> ModelOf(const v1::ListModelsRequest&) {
  return std::nullopt;
}
inline std::optional<absl::string_view> ModelOf(
    const v1::GetServerInfoRequest&) {
  return std::nullopt;
}

class CallAccess final : public ModelAccess {
 public:
  // Authorizes the call once more, to know who it is. `security` must outlive
  // this.
  CallAccess(Security* security, Rpc rpc,
             const grpc::CallbackServerContext& context);

  absl::Status Admit(std::optional<absl::string_view> model) override;
  absl::Status WithoutOthers(const absl::Status& status) const override;

  // Whether the caller may know of `model`.
  bool MayUse(absl::string_view model) const;

  // The call has ended like this. Returns what the caller is told.
  absl::Status End(const absl::Status& status);

 private:
  Security& security_;
  const Method& method_;
  absl::Status identified_;
  Caller caller_;
  AuditLine line_;  // if the method is audited
};

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_CALL_ACCESS_H_
