// All that keeps strangers out of one server: its certificates, its tokens, the
// audit log, and the thread that looks whether their files have changed.
//
// Thread-safe.

#ifndef AKIN_SERVER_AUTH_SECURITY_H_
#define AKIN_SERVER_AUTH_SECURITY_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "server/auth/audit_log.h"
#include "server/auth/authorizer.h"
#include "server/auth/certificates.h"
#include "server/auth/roles.h"
#include "server/auth/watched_files.h"
#include "server/config.pb.h"

namespace akin::server {

class Security {
 public:
  // Reads the files that `config` names. `say` is told of changes, `audit` is
  // given the audit lines. Errors as CheckSecuritySettings, ReadCertificates
  // and ReadTokens say.
  static absl::StatusOr<std::unique_ptr<Security>> Open(const Config& config,
                                                        const SaySecurity& say,
                                                        AuditLog::Sink audit);

  // Null: no token is asked for.
  const Authorizer* authorizer() const { return authorizer_.get(); }
  // Null: no TLS.
  CertificateStore* certificates() const { return certificates_.get(); }
  AuditLog& audit() { return audit_; }

  // Whether it has anything to do with a call of `rpc`.
  bool Concerns(Rpc rpc) const {
    return authorizer_ != nullptr || MethodOf(rpc).audited();
  }

 private:
  explicit Security(AuditLog::Sink audit) : audit_(std::move(audit)) {}

  AuditLog audit_;
  std::unique_ptr<Authorizer> authorizer_;
  std::unique_ptr<CertificateStore> certificates_;
  std::optional<LookThread> look_;  // last: it uses the others
};

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_SECURITY_H_
