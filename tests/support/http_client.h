// HTTP by a plain socket, so that a test can send what no client would.

#ifndef AKIN_TESTS_SUPPORT_HTTP_CLIENT_H_
#define AKIN_TESTS_SUPPORT_HTTP_CLIENT_H_

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace akin {

// A connection to "127.0.0.1:PORT". Nothing waits for more than a minute.
class HttpConnection {
 public:
  explicit HttpConnection(const std::string& address) {
    const size_t colon = address.rfind(':');
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (colon == std::string::npos ||
        getaddrinfo(address.substr(0, colon).c_str(),
                    address.substr(colon + 1).c_str(), &hints, &found) != 0) {
      return;
    }
    socket_ = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval minute = {60, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof(minute));
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &minute, sizeof(minute));
    connected_ = connect(socket_, found->ai_addr, found->ai_addrlen) == 0;
    freeaddrinfo(found);
  }
  ~HttpConnection() {
    if (socket_ >= 0) close(socket_);
  }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  bool connected() const { return connected_; }

  // What the other side does not take any more is dropped.
  void Send(absl::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent =
          send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // All that comes until the other side closes.
  std::string ReadAll() const {
    std::string all;
    char buffer[4096];
    for (;;) {
      const ssize_t bytes = recv(socket_, buffer, sizeof(buffer), 0);
      if (bytes <= 0) return all;
      all.append(buffer, static_cast<size_t>(bytes));
    }
  }

 private:
  int socket_ = -1;
  bool connected_ = false;
};

struct HttpAnswer {
  int status = 0;  // 0: none came
  std::string head;
  std::string body;
};

inline HttpAnswer SendHttp(const std::string& address,
                           absl::string_view request) {
  HttpConnection connection(address);
  if (!connection.connected()) return {};
  connection.Send(request);
  const std::string all = connection.ReadAll();
  const size_t end = all.find("\r\n\r\n");
  if (all.rfind("HTTP/1.", 0) != 0 || end == std::string::npos) return {};
  return {std::atoi(all.c_str() + 9), all.substr(0, end + 2),
          all.substr(end + 4)};
}

// `headers`: lines, each with its "\r\n".
inline HttpAnswer HttpGet(const std::string& address, absl::string_view path,
                          absl::string_view headers = "",
                          absl::string_view method = "GET") {
  return SendHttp(
      address, absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: ", address,
                            "\r\nConnection: close\r\n", headers, "\r\n"));
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_HTTP_CLIENT_H_
