// What a line of `akin shell` has of the lines before it.
#ifndef AKIN_CLIENT_CLI_SHELL_LINE_H_
#define AKIN_CLIENT_CLI_SHELL_LINE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cpp/cancellation.h"
#include "client/cpp/client.h"

namespace akin::client {

// As typed.
struct SessionFlags {
  std::optional<std::string> server;  // HOST:PORT
  std::optional<double> timeout_seconds;
  bool json = false;
  bool tls = false;
  std::optional<std::string> tls_ca;  // files, as the next two and the last
  std::optional<std::string> tls_cert;
  std::optional<std::string> tls_key;
  std::optional<std::string> tls_server_name;
  std::optional<std::string> token_file;
  bool token_without_tls = false;
};

// One connection, for all lines that ask the same server.
class SharedConnection {
 public:
  // A client with `options`, on the connection that is there if it is still
  // alive, to `server` and with the same credentials. Fails as Client::Connect
  // does.
  absl::StatusOr<std::shared_ptr<const Client>> Open(
      const std::string& server, const ClientOptions& options);

 private:
  std::string server_;
  Credentials credentials_;
  std::unique_ptr<Client> client_;
};

struct ShellLine {
  SharedConnection& connection;
  // Unless the line has its own.
  SessionFlags flags;
  // Of this line; may be null.
  std::shared_ptr<Cancellation> cancellation;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_LINE_H_
