#include "server/connection_gate.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

constexpr char kUnix[] = "unix:";

absl::Status Unavailable(const std::string& address, const std::string& why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": ", why,
                   "; --listen 127.0.0.1:0 picks a free port"));
}

bool SomeoneListens(const sockaddr_un& address) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // Whatever else goes wrong, somebody may.
  const bool refused =
      connect(probe, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0 &&
      errno == ECONNREFUSED;
  close(probe);
  return !refused;
}

void SetPort(sockaddr* address, uint16_t port) {
  if (address->sa_family == AF_INET) {
    reinterpret_cast<sockaddr_in*>(address)->sin_port = htons(port);
  } else if (address->sa_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(address)->sin6_port = htons(port);
  }
}

uint16_t PortOf(int listener) {
  sockaddr_storage bound = {};
  socklen_t bytes = sizeof(bound);
  getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &bytes);
  if (bound.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
  }
  return ntohs(reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port);
}

}  // namespace

ConnectionGate::ConnectionGate(std::string address, size_t most_connections)
    : address_(std::move(address)),
      most_connections_(most_connections),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

ConnectionGate::~ConnectionGate() {
  Close();
  for (const int descriptor : watched_) close(descriptor);
  close(epoll_);
  close(wake_);
}

absl::StatusOr<std::unique_ptr<ConnectionGate>> ConnectionGate::Listen(
    const std::string& address, size_t most_connections) {
  auto gate = absl::WrapUnique(new ConnectionGate(address, most_connections));
  if (absl::StartsWith(address, kUnix)) {
    sockaddr_un path = {};
    path.sun_family = AF_UNIX;
    const auto name = absl::StripPrefix(address, kUnix);
    if (name.empty()) return Unavailable(address, "there is no path");
    if (name.size() >= sizeof(path.sun_path)) {
      return Unavailable(address, "the path is too long");
    }
    std::memcpy(path.sun_path, name.data(), name.size());
    // What a server that was killed has left behind is in nobody's use.
    struct stat about = {};
    if (stat(path.sun_path, &about) == 0 && S_ISSOCK(about.st_mode) &&
        !SomeoneListens(path)) {
      unlink(path.sun_path);
    }
    AKIN_RETURN_IF_ERROR(
        gate->ListenOn(reinterpret_cast<const sockaddr*>(&path), sizeof(path)));
    gate->unix_path_ = std::string(name);
    return gate;
  }

  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  const std::string port = address.substr(colon + 1);
  if (absl::StartsWith(host, "[")) host = host.substr(1, host.size() - 2);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error =
          getaddrinfo(host.c_str(), port.c_str(), &hints, &found)) {
    return Unavailable(address, gai_strerror(error));
  }
  absl::Status status;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    if (!gate->listeners_.empty()) {
      SetPort(at->ai_addr, PortOf(gate->listeners_[0]));
    }
    absl::Status bound = gate->ListenOn(at->ai_addr, at->ai_addrlen);
    // A host may have addresses that this machine does not serve (::1 of
    // localhost where IPv6 is off); one is enough.
    if (!bound.ok() && status.ok()) status = std::move(bound);
  }
  freeaddrinfo(found);
  if (gate->listeners_.empty()) return status;
  gate->address_ =
      absl::StrCat(address.substr(0, colon), ":", PortOf(gate->listeners_[0]));
  return gate;
}

absl::Status ConnectionGate::ListenOn(const sockaddr* address, size_t bytes) {
  const int listener =
      socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return Unavailable(address_, std::strerror(errno));
  const int on = 1;
  if (address->sa_family != AF_UNIX) {
    // A server may be started anew while its old connections fade.
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    // Accepted connections inherit the rest, as of gRPC's own listener: no
    // delay, and an end to those who take nothing for 20 s.
    const unsigned patience_ms = 20'000;
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(listener, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms,
               sizeof(patience_ms));
  }
  if (bind(listener, address, static_cast<socklen_t>(bytes)) != 0 ||
      listen(listener, SOMAXCONN) != 0) {
    const int error = errno;
    close(listener);
    return Unavailable(address_, std::strerror(error));
  }
  listeners_.push_back(listener);
  return absl::OkStatus();
}

void ConnectionGate::Watch(int descriptor, uint32_t events, int watched) const {
  epoll_event event = {};
  event.events = events;
  event.data.fd = watched;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
}

void ConnectionGate::Open(Accepted accepted) {
  accepted_ = std::move(accepted);
  Watch(wake_, EPOLLIN, wake_);
  for (const int listener : listeners_) Watch(listener, EPOLLIN, listener);
  thread_ = std::thread([this] { Run(); });
}

void ConnectionGate::Close() {
  if (thread_.joinable()) {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof(one));
    thread_.join();
  }
  // First the path: as soon as the socket is closed, another server may take
  // it.
  if (!unix_path_.empty()) unlink(unix_path_.c_str());
  unix_path_.clear();
  for (const int listener : listeners_) close(listener);
  listeners_.clear();
}

bool ConnectionGate::Delivered() {
  absl::erase_if(watched_, [](int descriptor) {
    int unsent = 0;
    pollfd connection = {descriptor, 0, 0};
    // Where the other side has hung up nothing will be taken any more.
    const bool waits = poll(&connection, 1, 0) == 0 &&
                       ioctl(descriptor, SIOCOUTQ, &unsent) == 0 && unsent > 0;
    if (!waits) close(descriptor);
    return !waits;
  });
  return watched_.empty();
}

void ConnectionGate::Run() {
  for (;;) {
    epoll_event events[64];
    const int count = epoll_wait(epoll_, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[i].data.fd;
      if (descriptor == wake_) return;
      bool listens = false;
      for (const int listener : listeners_) listens |= listener == descriptor;
      if (listens) {
        Accept(descriptor);
      } else {
        // A connection that has ended.
        close(descriptor);
        watched_.erase(descriptor);
        --connections_;
      }
    }
  }
}

void ConnectionGate::Accept(int listener) {
  for (;;) {
    const int descriptor =
        accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) {
      // Out of descriptors: those who wait stay in the kernel's queue.
      if (errno == EMFILE || errno == ENFILE) usleep(10'000);
      return;
    }
    // gRPC closes its descriptor without a word, but shuts the socket down
    // first, which a second one sees.
    const int watched = connections_ < most_connections_
                            ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
                            : -1;
    if (watched < 0) {
      close(descriptor);
      continue;
    }
    ++connections_;
    watched_.insert(watched);
    Watch(watched, EPOLLONESHOT, watched);  // for the end alone
    accepted_(descriptor);
  }
}

}  // namespace akin::server
