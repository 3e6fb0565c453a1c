#include "server/auth/server_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <grpcpp/security/server_credentials.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "server/auth/security.h"

namespace akin::server {
namespace {

absl::string_view ViewOf(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)),
          GRPC_SLICE_LENGTH(slice)};
}

std::string PropertyOf(const grpc_auth_context* context, const char* name) {
  auto it = grpc_auth_context_find_properties_by_name(context, name);
  const grpc_auth_property* found = grpc_auth_property_iterator_next(&it);
  if (found == nullptr) return "";
  return std::string(found->value, found->value_length);
}

// gRPC calls it for each call, with all of its metadata.
void Authorize(void* state, grpc_auth_context* context,
               const grpc_metadata* metadata, size_t count,
               grpc_process_auth_metadata_done_cb done, void* call) {
  auto& security = *static_cast<Security*>(state);
  absl::string_view path;
  std::vector<absl::string_view> authorization;
  for (size_t i = 0; i < count; ++i) {
    const absl::string_view key = ViewOf(metadata[i].key);
    if (key == ":path") path = ViewOf(metadata[i].value);
    if (key == "authorization") {
      authorization.push_back(ViewOf(metadata[i].value));
    }
  }
  AuditLine line;
  const absl::Status status = security.authorizer()
                                  ->Authorize(path, authorization, &line.token)
                                  .status();
  if (!status.ok()) {
    const Method* method = FindMethod(path);
    line.method = std::string(method == nullptr ? path : method->name());
    line.subject = PropertyOf(context, GRPC_X509_SUBJECT_PROPERTY_NAME);
    line.code = status.code();
    security.audit().Refused(line, absl::Now());
  }
  // The codes are gRPC's. The token stays for the handler, which asks again who
  // it is: gRPC has one context for all calls of a connection, so that nothing
  // about a call can be kept in it.
  done(call, nullptr, 0, nullptr, 0,
       static_cast<grpc_status_code>(status.code()),
       std::string(status.message()).c_str());
}

// gRPC calls it before each handshake.
grpc_ssl_certificate_config_reload_status Fetch(
    void* state, grpc_ssl_server_certificate_config** config) {
  const auto certificates = static_cast<CertificateStore*>(state)->TakeIfNew();
  if (certificates == nullptr)
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const grpc_ssl_pem_key_cert_pair pair = {certificates->key.c_str(),
                                           certificates->chain.c_str()};
  // gRPC 1.51 ends the process if there are no authorities, although it looks
  // at none where no certificate of the client is asked for: any will do then.
  const std::string& authorities = certificates->client_ca.empty()
                                       ? certificates->chain
                                       : certificates->client_ca;
  *config =
      grpc_ssl_server_certificate_config_create(authorities.c_str(), &pair, 1);
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

// gRPC's own C++ classes for this cannot have certificates that change and are
// checked before (FileWatcherCertificateProvider takes what it finds), nor
// authorize calls without TLS; its core can.
class CoreCredentials final : public grpc::ServerCredentials {
 public:
  explicit CoreCredentials(Security* security)
      : credentials_(security->certificates() == nullptr
                         ? grpc_insecure_server_credentials_create()
                         : TlsCredentials(security->certificates())) {
    if (security->authorizer() != nullptr) {
      grpc_server_credentials_set_auth_metadata_processor(
          credentials_, {&Authorize, [](void*) {}, security});
    }
  }
  ~CoreCredentials() override { grpc_server_credentials_release(credentials_); }

  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  static grpc_server_credentials* TlsCredentials(CertificateStore* store) {
    return grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(
            store->wants_clients()
                ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
            &Fetch, store));
  }

  int AddPortToServer(const std::string& address,
                      grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  grpc_server_credentials* const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    Security* security) {
  if (security == nullptr || (security->authorizer() == nullptr &&
                              security->certificates() == nullptr)) {
    return grpc::InsecureServerCredentials();
  }
  return std::make_shared<CoreCredentials>(security);
}

}  // namespace akin::server
