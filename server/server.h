// The gRPC server: services, health, reflection, channelz, ordered shutdown.

#ifndef AKIN_SERVER_SERVER_H_
#define AKIN_SERVER_SERVER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/server_state.h"

namespace akin::server {

class Server {
 public:
  // Listens as state->config says and answers at once; health says NOT_SERVING.
  // `state` must outlive the server. UNAVAILABLE: the address cannot be
  // listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerState* state);

  ~Server();  // calls still running are cancelled

  // With the port really taken.
  const std::string& address() const;

  // Open now.
  size_t connections() const;

  // Health says SERVING, for the server and for each of its services.
  void SetServing();

  // Health says NOT_SERVING, no new calls are taken, calls in flight have
  // `grace` to finish; health watches are ended. Returns when all are done.
  void Drain(absl::Duration grace);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_SERVER_H_
