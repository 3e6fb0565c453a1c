#include "server/auth/security.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "server/auth/exposure.h"

namespace akin::server {

absl::StatusOr<std::unique_ptr<Security>> Security::Open(const Config& config,
                                                         const SaySecurity& say,
                                                         AuditLog::Sink audit) {
  AKIN_RETURN_IF_ERROR(CheckSecuritySettings(config));
  if (!IsLocal(config.listen()) && !IsProtected(config)) {
    say(absl::StrCat("other machines can reach ", config.listen(),
                     ", and who calls is not asked or not encrypted: "
                     "insecure was said"),
        false);
  }
  auto security = std::unique_ptr<Security>(new Security(std::move(audit)));
  if (!config.tokens().empty()) {
    AKIN_ASSIGN_OR_RETURN(security->authorizer_,
                          Authorizer::Open(config.tokens(), say));
  }
  if (!config.tls_certificate().empty()) {
    AKIN_ASSIGN_OR_RETURN(
        security->certificates_,
        CertificateStore::Open({config.tls_certificate(), config.tls_key(),
                                config.tls_client_ca()},
                               say));
  }
  if (security->authorizer_ != nullptr || security->certificates_ != nullptr) {
    security->look_.emplace([authorizer = security->authorizer_.get(),
                             certificates = security->certificates_.get()] {
      if (authorizer != nullptr) authorizer->Look();
      if (certificates != nullptr) certificates->Look();
    });
  }
  return security;
}

}  // namespace akin::server
