// How a client knows the server, and how the server knows the client.
#ifndef AKIN_CLIENT_CPP_CREDENTIALS_H_
#define AKIN_CLIENT_CPP_CREDENTIALS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::client {

struct Credentials {
  // Encrypted, and only with a server whose certificate was issued by an
  // authority in `ca_file` (PEM), or by one that this machine trusts if that is
  // empty.
  bool tls = false;
  std::string ca_file;
  // This client's certificate and its key (PEM), for a server that wants one;
  // both or none.
  std::string certificate_file;
  std::string key_file;
  // The name that the server's certificate is to have, if it is not the host
  // of the address.
  std::string server_name;
  // Sent with every call; empty: none.
  std::string token;
  // Without TLS a token is sent only to this machine, unless this is true:
  // whoever is on the way can read it, and call with it.
  bool token_without_tls = false;

  bool operator==(const Credentials&) const = default;
};

// What the files hold.
struct TlsMaterial {
  std::string ca;
  std::string certificate;
  std::string key;
};
// INVALID_ARGUMENT names a file that cannot be read or holds no PEM, or what
// does not go together.
absl::StatusOr<TlsMaterial> ReadTlsMaterial(const Credentials& credentials);

// INVALID_ARGUMENT: it cannot be a token, or would be sent in the clear to
// another machine than this. `target` is what Client::Connect takes. The
// message does not hold it.
absl::Status CheckToken(const Credentials& credentials,
                        absl::string_view target);

// The sentence for a connection to `target` that gRPC could not set up, from
// what it says about that; IsUnreachable() holds for it. `reason` may be empty.
absl::Status ConnectFailure(absl::string_view target, absl::string_view reason,
                            const Credentials& credentials);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CPP_CREDENTIALS_H_
