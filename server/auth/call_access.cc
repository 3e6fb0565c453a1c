#include "server/auth/call_access.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <vector>

namespace akin::server {
namespace {

std::vector<absl::string_view> AuthorizationOf(
    const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().equal_range("authorization");
  std::vector<absl::string_view> values;
  for (auto it = found.first; it != found.second; ++it) {
    values.emplace_back(it->second.data(), it->second.size());
  }
  return values;
}

std::string SubjectOf(const grpc::CallbackServerContext& context) {
  const auto authenticated = context.auth_context();
  if (authenticated == nullptr) return "";
  const auto values =
      authenticated->FindPropertyValues(GRPC_X509_SUBJECT_PROPERTY_NAME);
  return values.empty() ? "" : std::string(values[0].data(), values[0].size());
}

}  // namespace

CallAccess::CallAccess(Security* security, Rpc rpc,
                       const grpc::CallbackServerContext& context)
    : security_(*security), method_(MethodOf(rpc)) {
  if (const Authorizer* authorizer = security_.authorizer()) {
    auto caller = authorizer->Authorize(method_.path, AuthorizationOf(context));
    identified_ = caller.status();
    if (caller.ok()) caller_ = *std::move(caller);
  }
  if (!method_.audited()) return;
  line_.method = std::string(method_.name());
  if (caller_.token != nullptr) line_.token = caller_.token->name;
  line_.subject = SubjectOf(context);
  line_.peer = context.peer();
}

absl::Status CallAccess::Admit(std::optional<absl::string_view> model) {
  if (!identified_.ok()) return identified_;
  if (!model.has_value()) return caller_.CheckValid();
  if (method_.audited()) line_.model = std::string(*model);
  return caller_.CheckModel(*model);
}

bool CallAccess::MayUse(absl::string_view model) const {
  return identified_.ok() && caller_.CheckModel(model).ok();
}

absl::Status CallAccess::End(const absl::Status& status) {
  if (method_.audited()) {
    line_.code = status.code();
    security_.audit().Write(line_);
  }
  return WithoutOthers(status);
}

absl::Status CallAccess::WithoutOthers(const absl::Status& status) const {
  return caller_.WithoutOthers(status);
}

}  // namespace akin::server
