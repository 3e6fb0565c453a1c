// The names that a server has, for completion.
#ifndef AKIN_CLIENT_CLI_SHELL_SERVER_NAMES_H_
#define AKIN_CLIENT_CLI_SHELL_SERVER_NAMES_H_

#include <memory>
#include <string>
#include <utility>

#include "client/cli/shell/completion.h"
#include "client/cli/shell_line.h"

namespace akin::client {

// Asks anew each time, for at most 300 ms; who gets no answer has no names.
class ServerNames {
 public:
  static constexpr int kMostIds = 50;

  // `connection` has to outlive it.
  ServerNames(std::string server, SharedConnection& connection,
              Credentials credentials = {})
      : server_(std::move(server)),
        connection_(connection),
        credentials_(std::move(credentials)) {}

  Names Models() const;
  Names Tables() const;
  // At most kMostIds, in the order of the trained file.
  Names Ids(const std::string& target, const std::string& prefix) const;

 private:
  std::shared_ptr<const Client> Connect() const;

  const std::string server_;
  SharedConnection& connection_;
  const Credentials credentials_;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_SERVER_NAMES_H_
