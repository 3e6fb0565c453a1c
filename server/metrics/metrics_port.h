// The port for those who look after the server: /metrics for Prometheus,
// /healthz (the process runs) and /readyz (it serves) for who starts and stops
// servers.

#ifndef AKIN_SERVER_METRICS_METRICS_PORT_H_
#define AKIN_SERVER_METRICS_METRICS_PORT_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "server/metrics/http_server.h"
#include "server/server_state.h"

namespace akin::server {

// Also what a token is asked about (server/auth/roles.h).
inline constexpr char kMetricsPath[] = "/metrics";

// Listens as state.config.metrics_listen says. `connections` says how many gRPC
// connections are open. /healthz and /readyz answer without `authorize`, which
// may be null. `state`, and what the functions use, must outlive the server.
// Errors as HttpServer::Start.
absl::StatusOr<std::unique_ptr<HttpServer>> StartMetricsPort(
    const ServerState& state, std::function<size_t()> connections,
    HttpServer::Authorize authorize);

}  // namespace akin::server

#endif  // AKIN_SERVER_METRICS_METRICS_PORT_H_
