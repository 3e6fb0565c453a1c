#include "server/auth/exposure.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "index/base/status_macros.h"

namespace akin::server {

bool IsLocal(absl::string_view address) {
  if (absl::StartsWith(address, "unix:")) return true;
  std::string host(address.substr(0, address.rfind(':')));
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) {
    host = host.substr(1, host.size() - 2);
  }
  if (absl::EqualsIgnoreCase(host, "localhost")) return true;
  in_addr v4 = {};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24) == 127;
  }
  in6_addr v6 = {};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&v6) != 0;
}

namespace {

absl::Status CheckExposure(absl::string_view name, absl::string_view address,
                           absl::string_view expected) {
  if (address.empty() || IsLocal(address)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(name, " is \"", address,
                   "\", which other machines can reach, and ", expected));
}

absl::Status CheckMetricsExposure(const Config& config) {
  if (config.insecure() || config.metrics_insecure()) return absl::OkStatus();
  return CheckExposure(
      "metrics_listen", config.metrics_listen(),
      "HTTP hides nothing from them: expected an address of this machine such "
      "as 127.0.0.1:9470, or --metrics-insecure if the network is your own");
}

}  // namespace

absl::Status CheckExposure(const Config& config) {
  AKIN_RETURN_IF_ERROR(CheckMetricsExposure(config));
  if (config.insecure() || IsProtected(config)) return absl::OkStatus();
  return CheckExposure(
      "listen", config.listen(),
      "nobody would be asked who they are: expected TLS (tls_certificate, "
      "tls_key) with tokens or tls_client_ca, an address of this machine such "
      "as 127.0.0.1:7400, or --insecure if something else keeps strangers "
      "away");
}

bool IsProtected(const Config& config) {
  return !config.tls_certificate().empty() &&
         (!config.tokens().empty() || !config.tls_client_ca().empty());
}

absl::Status CheckSecuritySettings(const Config& config) {
  const bool tls = !config.tls_certificate().empty();
  if (tls != !config.tls_key().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        tls ? "tls_certificate" : "tls_key", " is set and ",
        tls ? "tls_key" : "tls_certificate", " is not, expected both"));
  }
  if (!tls && !config.tls_client_ca().empty()) {
    return absl::InvalidArgumentError(
        "tls_client_ca is set, expected tls_certificate and tls_key beside it");
  }
  return CheckExposure(config);
}

}  // namespace akin::server
