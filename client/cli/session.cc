#include "client/cli/session.h"

#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/arguments.h"
#include "client/cli/credential_flags.h"
#include "client/cli/failure.h"

namespace akin::client {
namespace {

constexpr char kDefaultServer[] = "127.0.0.1:7400";
constexpr double kDefaultTimeoutSeconds = 30;

// Without this check gRPC takes "localhost" for port 443 of it, and "::1:7400"
// for an address without a port.
absl::Status CheckServer(absl::string_view server, absl::string_view source) {
  if (absl::StartsWith(server, "unix:") || absl::StrContains(server, "://")) {
    return absl::OkStatus();
  }
  const size_t colon = server.rfind(':');
  const absl::string_view host = server.substr(0, colon);
  const bool bracketed =
      absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  int port = 0;
  if (colon == absl::string_view::npos || host.empty() ||
      (absl::StrContains(host, ":") && !bracketed) ||
      !absl::SimpleAtoi(server.substr(colon + 1), &port) || port < 1 ||
      port > 65535) {
    return UsageError(absl::StrCat(source, ": expected HOST:PORT such as ",
                                   kDefaultServer, ", got \"", server, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

void AddSessionFlags(CLI::App& app, SessionFlags* flags) {
  AddText(app,
          {"--server", "HOST:PORT",
           "the server (default: $AKIN_SERVER, else 127.0.0.1:7400)"},
          &flags->server);
  AddNumber(
      app, {"--timeout", "SECONDS", "how long an answer may take (default 30)"},
      &flags->timeout_seconds);
  app.add_flag("--json", flags->json,
               "print the response message as JSON instead of a table");
  AddCredentialFlags(app, flags);
}

absl::StatusOr<Session> Session::Open(const SessionFlags& flags,
                                      const Terminal& terminal,
                                      const ShellLine* line) {
  Session session(terminal, line);
  session.json_ = flags.json;
  const char* environment = std::getenv("AKIN_SERVER");
  const char* source = "--server";
  if (flags.server) {
    session.server_ = *flags.server;
  } else if (environment != nullptr && environment[0] != '\0') {
    session.server_ = environment;
    source = "the environment's AKIN_SERVER";
  } else {
    session.server_ = kDefaultServer;
  }
  absl::Status status = CheckServer(session.server_, source);
  if (!status.ok()) return status;

  const double seconds = flags.timeout_seconds.value_or(kDefaultTimeoutSeconds);
  if (seconds <= 0) {
    return UsageError(
        absl::StrCat("--timeout: expected more than 0 seconds, got ", seconds));
  }
  session.timeout_ = absl::Seconds(seconds);
  auto credentials = ReadCredentials(flags, session.server_);
  if (!credentials.ok()) return UsageError(credentials.status().message());
  session.credentials_ = *std::move(credentials);
  return session;
}

absl::StatusOr<std::shared_ptr<const Client>> Session::Connect() const {
  ClientOptions options;
  options.call_timeout = timeout_;
  options.connect_timeout = std::min(options.connect_timeout, timeout_);
  options.credentials = credentials_;
  if (line_ != nullptr) {
    options.cancellation = line_->cancellation;
    return line_->connection.Open(server_, options);
  }
  auto client = Client::Connect(server_, options);
  if (!client.ok()) return client.status();
  return std::shared_ptr<const Client>(*std::move(client));
}

absl::Status Session::PrintJson(
    const google::protobuf::Message& message) const {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = terminal_.interactive;
  // A score of 0 is an answer too.
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) {
    return absl::InternalError(absl::StrCat(
        "the answer cannot be written as JSON: ", status.ToString()));
  }
  terminal_.out << json << (options.add_whitespace ? "" : "\n");
  return absl::OkStatus();
}

}  // namespace akin::client
