#include "server/metrics/metrics_port.h"

#include <utility>
#include <vector>

#include "server/metrics/collect.h"

namespace akin::server {
namespace {

HttpReply Readiness(Phase phase) {
  switch (phase) {
    case Phase::kLoading:
      return {.status = 503, .body = "loading\n"};
    case Phase::kServing:
      return {.body = "serving\n"};
    case Phase::kDraining:
      return {.status = 503, .body = "draining\n"};
  }
  return {.status = 503, .body = "unknown\n"};
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> StartMetricsPort(
    const ServerState& state, std::function<size_t()> connections,
    HttpServer::Authorize authorize) {
  std::vector<HttpPage> pages;
  pages.push_back(
      {kMetricsPath, /*open=*/false,
       [&state, connections = std::move(connections)]() -> HttpReply {
         return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
                 .body = MetricsText(Collect(state, connections()))};
       }});
  pages.push_back({"/healthz", /*open=*/true,
                   []() -> HttpReply { return {.body = "ok\n"}; }});
  pages.push_back(
      {"/readyz", /*open=*/true, [&state] { return Readiness(state.phase); }});
  return HttpServer::Start(state.config.metrics_listen(), std::move(pages),
                           std::move(authorize));
}

}  // namespace akin::server
