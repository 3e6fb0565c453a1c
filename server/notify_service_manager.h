// Tells systemd, or whoever speaks its protocol, how far the process is: for a
// unit of Type=notify.
// https://www.freedesktop.org/software/systemd/man/sd_notify.html calls the
// protocol stable and free to be implemented without its library: one datagram
// to the socket that the environment's NOTIFY_SOCKET names.

#ifndef AKIN_SERVER_NOTIFY_SERVICE_MANAGER_H_
#define AKIN_SERVER_NOTIFY_SERVICE_MANAGER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace akin::server {

// Sends `state`, assignments one a line, such as "READY=1\nSTATUS=serving".
// Ok, without doing anything, where NOTIFY_SOCKET is not set. INVALID_ARGUMENT:
// it is neither a path nor an abstract socket's @name, or too long for one.
// UNAVAILABLE: nobody took the datagram. Thread-safe.
absl::Status NotifyServiceManager(absl::string_view state);

}  // namespace akin::server

#endif  // AKIN_SERVER_NOTIFY_SERVICE_MANAGER_H_
