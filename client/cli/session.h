// What every command takes, and what it runs with.
#ifndef AKIN_CLIENT_CLI_SESSION_H_
#define AKIN_CLIENT_CLI_SESSION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/shell_line.h"
#include "client/cli/terminal.h"
#include "client/cpp/client.h"

namespace CLI {
class App;
}
namespace google::protobuf {
class Message;
}

namespace akin::client {

// Registers --server, --timeout, --json and those of TLS and the token. `flags`
// has to outlive `app`.
void AddSessionFlags(CLI::App& app, SessionFlags* flags);

class Session {
 public:
  // --server beats the environment's AKIN_SERVER, which beats 127.0.0.1:7400.
  // A usage error if the address or the time makes no sense. `line`: of a
  // shell, or null; it and `terminal` have to outlive the session.
  static absl::StatusOr<Session> Open(const SessionFlags& flags,
                                      const Terminal& terminal,
                                      const ShellLine* line = nullptr);

  const Terminal& terminal() const { return terminal_; }
  const std::string& server() const { return server_; }
  absl::Duration timeout() const { return timeout_; }
  const Credentials& credentials() const { return credentials_; }
  bool json() const { return json_; }
  bool in_shell() const { return line_ != nullptr; }

  absl::StatusOr<std::shared_ptr<const Client>> Connect() const;

  // Writes `message` in protobuf's JSON mapping: on one line, or indented for
  // a person.
  absl::Status PrintJson(const google::protobuf::Message& message) const;

 private:
  Session(const Terminal& terminal, const ShellLine* line)
      : terminal_(terminal), line_(line) {}

  const Terminal& terminal_;
  const ShellLine* line_;
  std::string server_;
  absl::Duration timeout_;
  Credentials credentials_;
  bool json_ = false;
};

// A command's work once its arguments have been read. It fails with a
// UsageError before it connects.
using Action = std::function<absl::Status(const Session&)>;

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SESSION_H_
