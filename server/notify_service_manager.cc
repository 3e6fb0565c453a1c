#include "server/notify_service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace akin::server {

absl::Status NotifyServiceManager(absl::string_view state) {
  const char* variable = std::getenv("NOTIFY_SOCKET");
  if (variable == nullptr || variable[0] == '\0') return absl::OkStatus();
  const absl::string_view name = variable;

  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if ((name[0] != '/' && name[0] != '@') || name.size() == 1 ||
      name.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "NOTIFY_SOCKET is \"", name, "\", expected a path from / or @NAME of ",
        "at most ", sizeof(address.sun_path) - 1, " bytes"));
  }
  std::memcpy(address.sun_path, name.data(), name.size());
  size_t bytes = offsetof(sockaddr_un, sun_path) + name.size();
  if (name[0] == '@') {
    address.sun_path[0] = '\0';  // abstract: all bytes count, none ends it
  } else {
    ++bytes;  // a path ends with a zero
  }

  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot open a socket to notify ", name, ": ", std::strerror(errno)));
  }
  const ssize_t sent =
      sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(bytes));
  const int error = errno;
  close(descriptor);
  // A datagram goes whole or not at all.
  if (sent < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot notify ", name, ": ", std::strerror(error)));
  }
  return absl::OkStatus();
}

}  // namespace akin::server
