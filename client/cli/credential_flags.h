// TLS and the token, as typed and from the environment.
#ifndef AKIN_CLIENT_CLI_CREDENTIAL_FLAGS_H_
#define AKIN_CLIENT_CLI_CREDENTIAL_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/shell_line.h"
#include "client/cpp/credentials.h"

namespace CLI {
class App;
}

namespace akin::client {

// Registers --tls and what begins so, --token-file and --token-without-tls.
// There is no flag for the token itself: a command line is read by everybody on
// the machine (ps), and kept by the shell's history. `flags` has to outlive
// `app`.
void AddCredentialFlags(CLI::App& app, SessionFlags* flags);

// A flag beats the environment's AKIN_TLS_CA, AKIN_TLS_CERT, AKIN_TLS_KEY and
// AKIN_TOKEN; each that names a file of TLS's means --tls. INVALID_ARGUMENT,
// for a connection to `server`: a file cannot be read, it holds no token, or
// what does not go together. No message holds the token.
absl::StatusOr<Credentials> ReadCredentials(const SessionFlags& flags,
                                            const std::string& server);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_CREDENTIAL_FLAGS_H_
