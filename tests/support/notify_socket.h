// What systemd is to a service of Type=notify: a socket for datagrams.

#ifndef AKIN_TESTS_SUPPORT_NOTIFY_SOCKET_H_
#define AKIN_TESTS_SUPPORT_NOTIFY_SOCKET_H_

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>

namespace akin {

class NotifySocket {
 public:
  // Binds to `name`: a path, or an abstract socket's @NAME.
  explicit NotifySocket(const std::string& name)
      : descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const size_t bytes =
        offsetof(sockaddr_un, sun_path) + name.size() + (name[0] == '/');
    bound_ = bind(descriptor_, reinterpret_cast<const sockaddr*>(&address),
                  static_cast<socklen_t>(bytes)) == 0;
  }
  ~NotifySocket() { close(descriptor_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  bool bound() const { return bound_; }

  // The next datagram; "" if none comes within two minutes.
  std::string Next() const {
    pollfd readable = {.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, 120'000) != 1) return "";
    char bytes[4096];
    const ssize_t size = recv(descriptor_, bytes, sizeof(bytes), 0);
    return size < 0 ? "" : std::string(bytes, static_cast<size_t>(size));
  }

 private:
  const int descriptor_;
  bool bound_ = false;
};

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_NOTIFY_SOCKET_H_
