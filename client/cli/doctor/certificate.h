// How long the certificates of a file are valid.
#ifndef AKIN_CLIENT_CLI_DOCTOR_CERTIFICATE_H_
#define AKIN_CLIENT_CLI_DOCTOR_CERTIFICATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/cli/doctor/finding.h"

namespace akin::client {

struct CertificateDates {
  std::string subject;  // "CN=akin.example.org"
  absl::Time not_before;
  absl::Time not_after;
};

// Of each certificate of the PEM file `path`, in their order: a server's own
// and those of its chain. NOT_FOUND: it cannot be read. INVALID_ARGUMENT: it
// holds none, or what is none.
absl::StatusOr<std::vector<CertificateDates>> ReadCertificateDates(
    const std::string& path);

// `certificates` were read from `path`; `now` is the time. `check`: what the
// findings are named, such as the setting that names the file.
void CheckCertificates(
    absl::string_view check, const std::string& path,
    const absl::StatusOr<std::vector<CertificateDates>>& certificates,
    absl::Time now, Findings* findings);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_CERTIFICATE_H_
