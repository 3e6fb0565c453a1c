#include "client/cli/credential_flags.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/arguments.h"
#include "client/cli/input_file.h"

namespace akin::client {
namespace {

constexpr char kGroup[] = "TLS and tokens";

// What was typed, else what the environment says, else "".
std::string Choose(const std::optional<std::string>& typed,
                   const char* variable) {
  if (typed.has_value()) return *typed;
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

absl::StatusOr<std::string> ReadToken(const SessionFlags& flags) {
  if (!flags.token_file.has_value()) return Choose({}, "AKIN_TOKEN");
  auto text = ReadInputFile(*flags.token_file);
  if (!text.ok()) return text.status();
  // Editors end a file with a line.
  std::string token(absl::StripAsciiWhitespace(*text));
  if (token.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(*flags.token_file, ": there is no token in it"));
  }
  return token;
}

}  // namespace

void AddCredentialFlags(CLI::App& app, SessionFlags* flags) {
  app.add_flag("--tls", flags->tls,
               "encrypted, and only with a server whose certificate is trusted")
      ->group(kGroup);
  AddText(app,
          {"--tls-ca", "FILE",
           "whom to trust, in PEM (default: $AKIN_TLS_CA, else the system's)",
           kGroup},
          &flags->tls_ca);
  AddText(
      app,
      {"--tls-cert", "FILE",
       "this client's certificate, in PEM (default: $AKIN_TLS_CERT)", kGroup},
      &flags->tls_cert);
  AddText(
      app,
      {"--tls-key", "FILE", "its key, in PEM (default: $AKIN_TLS_KEY)", kGroup},
      &flags->tls_key);
  AddText(app,
          {"--tls-server-name", "NAME",
           "whom the server's certificate names, if not the host", kGroup},
          &flags->tls_server_name);
  AddText(app,
          {"--token-file", "FILE",
           "the token is in it (default: $AKIN_TOKEN is the token)", kGroup},
          &flags->token_file);
  app.add_flag("--token-without-tls", flags->token_without_tls,
               "send the token in the clear, even to another machine")
      ->group(kGroup);
}

absl::StatusOr<Credentials> ReadCredentials(const SessionFlags& flags,
                                            const std::string& server) {
  Credentials credentials;
  credentials.ca_file = Choose(flags.tls_ca, "AKIN_TLS_CA");
  credentials.certificate_file = Choose(flags.tls_cert, "AKIN_TLS_CERT");
  credentials.key_file = Choose(flags.tls_key, "AKIN_TLS_KEY");
  credentials.server_name = flags.tls_server_name.value_or("");
  credentials.tls = flags.tls || !credentials.ca_file.empty() ||
                    !credentials.certificate_file.empty() ||
                    !credentials.key_file.empty() ||
                    !credentials.server_name.empty();
  credentials.token_without_tls = flags.token_without_tls;
  auto token = ReadToken(flags);
  if (!token.ok()) return token.status();
  credentials.token = *std::move(token);
  const absl::Status checked = CheckToken(credentials, server);
  if (!checked.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(checked.message(),
                     absl::EndsWith(checked.message(), "TLS")
                         ? " (--tls, --tls-ca FILE), or --token-without-tls"
                         : ""));
  }
  if (credentials.tls) {
    const auto files = ReadTlsMaterial(credentials);
    if (!files.ok()) return files.status();
  }
  return credentials;
}

}  // namespace akin::client
