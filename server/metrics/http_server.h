// A small HTTP server for a few pages that are made when they are asked for:
// GET and HEAD, no files, no bodies. civetweb does the protocol, in two
// threads; one request a connection, which has kPatience to arrive and as long
// to be answered, so that slow clients hold up each other but nobody else.

#ifndef AKIN_SERVER_METRICS_HTTP_SERVER_H_
#define AKIN_SERVER_METRICS_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::server {

struct HttpReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

struct HttpPage {
  std::string path;   // "/metrics"
  bool open = false;  // for whoever asks, without authorization
  std::function<HttpReply()> reply;
};

class HttpServer {
 public:
  static constexpr std::chrono::milliseconds kPatience{2000};
  // Of a request: its line and its headers.
  static constexpr size_t kMostRequestBytes = 8192;

  // Given the value of the Authorization header, empty where there is none.
  // Not OK: the caller gets nothing but that sentence, with 403 for
  // PERMISSION_DENIED and 401 for all else.
  using Authorize = std::function<absl::Status(absl::string_view header)>;

  // Listens on `address`, HOST:PORT, where port 0 picks a free one: on the
  // first address of HOST that can be. `authorize` is asked before all else,
  // but for pages that are open; null: everything is open. It and the pages are
  // called on two threads. UNAVAILABLE: the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const std::string& address, std::vector<HttpPage> pages,
      Authorize authorize);

  // Waits for the requests that are being answered.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // With the port really taken.
  const std::string& address() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_METRICS_HTTP_SERVER_H_
