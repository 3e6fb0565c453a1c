#include "server/metrics/http_server.h"

#include <civetweb.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/mutex.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

absl::Status Unavailable(const std::string& address, absl::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, " for metrics: ", why,
                   "; --metrics-listen 127.0.0.1:0 picks a free port"));
}

struct HostPort {
  std::string host;  // as it was written, maybe in brackets
  std::string port;

  std::string bare_host() const {
    if (!absl::StartsWith(host, "[")) return host;
    return host.substr(1, host.size() - 2);
  }
};

HostPort Split(const std::string& address) {
  const size_t colon = std::min(address.rfind(':'), address.size());
  return {address.substr(0, colon),
          colon < address.size() ? address.substr(colon + 1) : ""};
}

// Numeric addresses, which civetweb cannot take for anything else.
absl::StatusOr<std::vector<std::string>> Resolve(const std::string& address) {
  const HostPort parts = Split(address);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(parts.bare_host().c_str(),
                                    parts.port.c_str(), &hints, &found)) {
    return Unavailable(address, gai_strerror(error));
  }
  std::vector<std::string> numeric;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    char host[NI_MAXHOST];
    if (getnameinfo(at->ai_addr, at->ai_addrlen, host, sizeof(host), nullptr, 0,
                    NI_NUMERICHOST) != 0) {
      continue;
    }
    numeric.push_back(at->ai_family == AF_INET6
                          ? absl::StrCat("[", host, "]:", parts.port)
                          : absl::StrCat(host, ":", parts.port));
  }
  freeaddrinfo(found);
  return numeric;
}

absl::string_view Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

HttpReply Refusal(int status, absl::string_view why) {
  return {.status = status, .body = absl::StrCat(why, "\n")};
}

std::string Head(const HttpReply& reply) {
  return absl::StrCat(
      "HTTP/1.1 ", reply.status, " ", Reason(reply.status), "\r\nDate: ",
      absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(),
                       absl::UTCTimeZone()),
      "\r\nContent-Type: ", reply.content_type,
      "\r\nContent-Length: ", reply.body.size(),
      reply.status == 401 ? "\r\nWWW-Authenticate: Bearer" : "",
      reply.status == 405 ? "\r\nAllow: GET, HEAD" : "",
      "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
}

// Makes civetweb look whether it is to stop.
void Knock(const HostPort& at) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(at.bare_host().c_str(), at.port.c_str(), &hints, &found) !=
      0) {
    return;
  }
  const int knock =
      socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (knock >= 0) {
    [[maybe_unused]] const int connected =
        connect(knock, found->ai_addr, found->ai_addrlen);
    close(knock);
  }
  freeaddrinfo(found);
}

}  // namespace

struct HttpServer::Impl {
  std::vector<HttpPage> pages;
  Authorize authorize;
  std::string address;  // as the caller named it
  HostPort bound;       // numeric
  mg_context* context = nullptr;
  Mutex mutex;
  std::string complaint ABSL_GUARDED_BY(mutex);  // civetweb's first

  absl::Status Listen(const std::string& numeric);
  HttpReply Answer(const mg_request_info& request) const;

  // civetweb's callbacks.
  static int OnRequest(mg_connection* connection);
  static int OnMessage(const mg_connection* connection, const char* message);
  static int OnAccess(const mg_connection* connection, const char* message);
};

HttpReply HttpServer::Impl::Answer(const mg_request_info& request) const {
  const absl::string_view path =
      request.local_uri_raw == nullptr ? "" : request.local_uri_raw;
  const auto page =
      std::find_if(pages.begin(), pages.end(),
                   [&](const HttpPage& other) { return other.path == path; });
  const bool is_open = page != pages.end() && page->open;
  if (authorize != nullptr && !is_open) {
    absl::string_view header;
    for (int i = request.num_headers - 1; i >= 0; --i) {
      if (absl::EqualsIgnoreCase(request.http_headers[i].name,
                                 "Authorization")) {
        header = request.http_headers[i].value;
      }
    }
    const absl::Status authorized = authorize(header);
    if (!authorized.ok()) {
      return Refusal(absl::IsPermissionDenied(authorized) ? 403 : 401,
                     authorized.message());
    }
  }
  const absl::string_view method = request.request_method;
  if (method != "GET" && method != "HEAD") {
    return Refusal(405, "expected GET or HEAD");
  }
  if (page == pages.end()) return Refusal(404, "no such page");
  return page->reply();
}

// Comes first, and answers everything, so that civetweb does nothing else.
int HttpServer::Impl::OnRequest(mg_connection* connection) {
  const mg_request_info& request = *mg_get_request_info(connection);
  const HttpReply reply =
      static_cast<const Impl*>(request.user_data)->Answer(request);
  std::string text = Head(reply);
  if (absl::string_view(request.request_method) != "HEAD") text += reply.body;
  // A body that came with the request is not waited for.
  mg_disable_connection_keep_alive(connection);
  mg_write(connection, text.data(), text.size());
  return reply.status;
}

int HttpServer::Impl::OnMessage(const mg_connection* connection,
                                const char* message) {
  auto* impl = static_cast<Impl*>(mg_get_user_data(mg_get_context(connection)));
  if (impl != nullptr) {
    MutexLock lock(&impl->mutex);
    if (impl->complaint.empty()) impl->complaint = message;
  }
  return 1;  // it is not to be printed
}

int HttpServer::Impl::OnAccess(const mg_connection* /*connection*/,
                               const char* /*message*/) {
  return 1;
}

absl::Status HttpServer::Impl::Listen(const std::string& numeric) {
  {
    MutexLock lock(&mutex);
    complaint.clear();
  }
  mg_callbacks callbacks = {};
  callbacks.begin_request = &Impl::OnRequest;
  callbacks.log_message = &Impl::OnMessage;
  callbacks.log_access = &Impl::OnAccess;
  const std::pair<const char*, std::string> settings[] = {
      {"listening_ports", numeric},
      {"num_threads", "2"},
      {"request_timeout_ms", absl::StrCat(kPatience.count())},
      {"max_request_size", absl::StrCat(kMostRequestBytes)},
      {"enable_keep_alive", "no"},
      // A page has one name.
      {"decode_url", "no"},
      {"tcp_nodelay", "1"}};
  std::vector<const char*> options;
  for (const auto& [name, value] : settings) {
    options.insert(options.end(), {name, value.c_str()});
  }
  options.push_back(nullptr);
  context = mg_start(&callbacks, this, options.data());
  if (context == nullptr) {
    MutexLock lock(&mutex);
    return Unavailable(address, complaint);
  }
  mg_server_port ports[1] = {};
  if (mg_get_server_ports(context, 1, ports) != 1) {
    return Unavailable(address, "civetweb does not say where it listens");
  }
  bound = Split(numeric);
  bound.port = absl::StrCat(ports[0].port);
  address = absl::StrCat(Split(address).host, ":", bound.port);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const std::string& address, std::vector<HttpPage> pages,
    Authorize authorize) {
  AKIN_ASSIGN_OR_RETURN(const std::vector<std::string> candidates,
                        Resolve(address));
  mg_init_library(MG_FEATURES_DEFAULT);
  std::unique_ptr<HttpServer> server(new HttpServer(std::make_unique<Impl>()));
  server->impl_->pages = std::move(pages);
  server->impl_->authorize = std::move(authorize);
  server->impl_->address = address;
  absl::Status status = Unavailable(address, "it has no address");
  for (const std::string& numeric : candidates) {
    status = server->impl_->Listen(numeric);
    if (status.ok()) return server;
    if (server->impl_->context != nullptr) break;
  }
  return status;
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
  if (impl_->context != nullptr) {
    // civetweb looks only every 2 s whether it is to stop, unless somebody
    // comes.
    std::atomic<bool> stopped{false};
    std::thread stop([&] {
      mg_stop(impl_->context);
      stopped = true;
    });
    while (!stopped) {
      Knock(impl_->bound);
      absl::SleepFor(absl::Milliseconds(5));
    }
    stop.join();
  }
  mg_exit_library();
}

const std::string& HttpServer::address() const { return impl_->address; }

}  // namespace akin::server
