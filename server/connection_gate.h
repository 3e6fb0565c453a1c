// The server's listening sockets, and how many connections are open: gRPC 1.51
// takes any number. Connections are accepted here and handed over to gRPC.
//
// Thread-safe.

#ifndef AKIN_SERVER_CONNECTION_GATE_H_
#define AKIN_SERVER_CONNECTION_GATE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sockaddr;

namespace akin::server {

class ConnectionGate {
 public:
  // Owns the descriptor from then on.
  using Accepted = std::function<void(int descriptor)>;

  // Listens on `address` ("HOST:PORT", where port 0 picks a free one, or
  // "unix:PATH"); all addresses of HOST that can be are listened on. Nothing is
  // accepted before Open. UNAVAILABLE: it cannot be listened on.
  static absl::StatusOr<std::unique_ptr<ConnectionGate>> Listen(
      const std::string& address, size_t most_connections);

  ~ConnectionGate();
  ConnectionGate(const ConnectionGate&) = delete;
  ConnectionGate& operator=(const ConnectionGate&) = delete;

  // With the port really taken.
  const std::string& address() const { return address_; }

  // Accepts from now on, in a thread of its own. While as many connections are
  // open as may be, one more is closed at once.
  void Open(Accepted accepted);

  // Stops listening; connections stay. Returns when `accepted` is not called
  // any more.
  void Close();

  // Whether the other side has taken all that was written to it, at one moment
  // since the first call, or is gone: of every connection that was open at
  // Close. Only after Close, and from one thread.
  bool Delivered();

  size_t connections() const { return connections_; }

 private:
  ConnectionGate(std::string address, size_t most_connections);

  absl::Status ListenOn(const sockaddr* address, size_t bytes);
  void Run();
  void Accept(int listener);
  void Watch(int descriptor, uint32_t events, int watched) const;

  std::string address_;
  const size_t most_connections_;
  std::string unix_path_;  // removed with the gate
  std::vector<int> listeners_;
  int epoll_ = -1;
  int wake_ = -1;
  Accepted accepted_;
  // A second descriptor of each connection; used by the thread, or without it.
  absl::flat_hash_set<int> watched_;
  std::atomic<size_t> connections_{0};
  std::thread thread_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_CONNECTION_GATE_H_
