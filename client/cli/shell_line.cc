#include "client/cli/shell_line.h"

#include <utility>

namespace akin::client {

absl::StatusOr<std::shared_ptr<const Client>> SharedConnection::Open(
    const std::string& server, const ClientOptions& options) {
  if (client_ == nullptr || server != server_ ||
      options.credentials != credentials_ || !client_->IsConnected()) {
    client_.reset();
    auto client = Client::Connect(server, options);
    if (!client.ok()) return client.status();
    server_ = server;
    credentials_ = options.credentials;
    client_ = *std::move(client);
  }
  return std::shared_ptr<const Client>(client_->Share(options));
}

}  // namespace akin::client
