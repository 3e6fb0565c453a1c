#include "server/metrics/metrics_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "tests/support/http_client.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_data.h"

namespace akin::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class MetricsPortTest : public testing::Test {
 protected:
  static Config Settings() {
    Config config;
    config.set_threads(2);
    config.set_metrics_listen("127.0.0.1:0");
    return config;
  }
  void Start(HttpServer::Authorize authorize = nullptr) {
    auto port = StartMetricsPort(
        state_, [] { return size_t{7}; }, std::move(authorize));
    ASSERT_THAT(port, IsOk());
    port_ = *std::move(port);
  }
  HttpAnswer Get(const std::string& path) {
    return HttpGet(port_->address(), path);
  }

  ServerState state_{Settings()};
  std::unique_ptr<HttpServer> port_;
};

TEST_F(MetricsPortTest, SaysWhetherItIsReady) {
  Start();
  for (const auto& [phase, status, word] :
       {std::tuple{Phase::kLoading, 503, "loading\n"},
        std::tuple{Phase::kServing, 200, "serving\n"},
        std::tuple{Phase::kDraining, 503, "draining\n"}}) {
    state_.phase = phase;
    const HttpAnswer ready = Get("/readyz");
    EXPECT_EQ(ready.status, status);
    EXPECT_EQ(ready.body, word);
    const HttpAnswer healthy = Get("/healthz");
    EXPECT_EQ(healthy.status, 200);
    EXPECT_EQ(healthy.body, "ok\n");
  }
}

TEST_F(MetricsPortTest, MetricsAreOfNow) {
  Start();
  EXPECT_THAT(Get("/metrics").body,
              AllOf(HasSubstr("akin_queries_total 0\n"),
                    HasSubstr("akin_connections 7\n"),
                    HasSubstr("akin_server_state{state=\"loading\"} 1\n")));
  state_.stats.queries = 3;
  state_.phase = Phase::kServing;
  ASSERT_THAT(state_.catalog.Publish(RoyalVersion(4)), IsOk());
  const HttpAnswer answer = Get("/metrics");
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: text/plain; version=0.0.4; "
                                     "charset=utf-8\r\n"));
  EXPECT_THAT(
      answer.body,
      AllOf(HasSubstr("akin_queries_total 3\n"),
            HasSubstr("akin_server_state{state=\"loading\"} 0\n"),
            HasSubstr("akin_server_state{state=\"serving\"} 1\n"),
            HasSubstr("akin_version_state{model=\"royal\",version=\"4\","
                      "state=\"available\"} 1\n"),
            HasSubstr("akin_label_version{model=\"royal\",label=\"stable\"} "
                      "4\n")));
}

TEST_F(MetricsPortTest, WhoLooksAfterTheProcessNeedsNoToken) {
  Start([](absl::string_view) {
    return absl::UnauthenticatedError("expected a token");
  });
  EXPECT_EQ(Get("/metrics").status, 401);
  EXPECT_EQ(Get("/metricsz").status, 401);
  EXPECT_EQ(Get("/healthz").status, 200);
  EXPECT_EQ(Get("/readyz").status, 503);
}

}  // namespace
}  // namespace akin::server
