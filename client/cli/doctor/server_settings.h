// Which certificates a server's file of settings names.
#ifndef AKIN_CLIENT_CLI_DOCTOR_SERVER_SETTINGS_H_
#define AKIN_CLIENT_CLI_DOCTOR_SERVER_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace akin::client {

struct NamedFile {
  std::string setting;  // "tls_certificate"
  std::string path;     // as it stands there
};

// Those that the file `path` of `akin-server --config` names; of its other
// settings nothing is known here, so they are neither checked nor refused.
// INVALID_ARGUMENT: it cannot be read, or is none.
absl::StatusOr<std::vector<NamedFile>> ReadNamedCertificates(
    const std::string& path);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_SERVER_SETTINGS_H_
