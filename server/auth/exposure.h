// Whether an address may be listened on without more ado.

#ifndef AKIN_SERVER_AUTH_EXPOSURE_H_
#define AKIN_SERVER_AUTH_EXPOSURE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/config.pb.h"

namespace akin::server {

// Whether only this machine can reach "HOST:PORT" or "unix:PATH". By what the
// text says, without asking DNS: 127.0.0.0/8, ::1 and localhost.
bool IsLocal(absl::string_view address);

// FAILED_PRECONDITION, with what to do: other machines can reach `listen`,
// which is not protected, or `metrics_listen`, which cannot be, and nobody has
// said that they may.
absl::Status CheckExposure(const Config& config);

// What of `config` concerns security, before any file is read: settings that
// belong together, and what is exposed.
absl::Status CheckSecuritySettings(const Config& config);

// TLS, and who calls is known: by a token or by a certificate.
bool IsProtected(const Config& config);

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_EXPOSURE_H_
