#include "server/auth/exposure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Exposure, WhatOnlyThisMachineReaches) {
  for (const char* local :
       {"127.0.0.1:0", "127.3.2.1:7400", "[::1]:7400", "localhost:1",
        "LocalHost:1", "unix:/run/akin.sock", "unix:relative"}) {
    EXPECT_TRUE(IsLocal(local)) << local;
    Config config;
    config.set_listen(local);
    config.set_metrics_listen(local);
    EXPECT_THAT(CheckExposure(config), IsOk());
  }
  for (const char* other :
       {"0.0.0.0:7400", "[::]:7400", "10.0.0.1:7400", "example.org:7400",
        "127.example.org:7400", "127.0.0.1.example.org:7400",
        "localhost.example.org:1", "128.0.0.1:1", "127.1:7400",
        "[::ffff:127.0.0.1]:1", "*:7400", "1:7400"}) {
    EXPECT_FALSE(IsLocal(other)) << other;
  }
}

TEST(Exposure, ToOtherMachinesWantsTlsAndAName) {
  Config config;
  config.set_listen("0.0.0.0:7400");
  EXPECT_THAT(CheckExposure(config),
              IsStatus(StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("listen is \"0.0.0.0:7400\""),
                             HasSubstr("tls_certificate"), HasSubstr("tokens"),
                             HasSubstr("--insecure"))));
  config.set_insecure(true);
  EXPECT_THAT(CheckExposure(config), IsOk());
}

TEST(Exposure, NothingProtectsMetrics) {
  Config config;
  config.set_tls_certificate("c");
  config.set_tls_key("k");
  config.set_tokens("t");
  config.set_listen("0.0.0.0:7400");
  EXPECT_THAT(CheckExposure(config), IsOk());
  config.set_metrics_listen("0.0.0.0:9470");
  EXPECT_THAT(CheckExposure(config),
              IsStatus(StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("metrics_listen is \"0.0.0.0:9470\""),
                             HasSubstr("--metrics-insecure"))));
  config.set_metrics_insecure(true);
  EXPECT_THAT(CheckExposure(config), IsOk());
  config.clear_tokens();
  EXPECT_THAT(CheckExposure(config),
              IsStatus(StatusCode::kFailedPrecondition,
                       HasSubstr("listen is \"0.0.0.0:7400\"")));
}

TEST(Exposure, OfTheSettingsTogether) {
  Config config;
  EXPECT_THAT(CheckSecuritySettings(config), IsOk());
  config.set_listen("0.0.0.0:7400");
  EXPECT_THAT(CheckSecuritySettings(config),
              IsStatus(StatusCode::kFailedPrecondition));
  config.set_tokens("t");
  EXPECT_THAT(CheckSecuritySettings(config),
              IsStatus(StatusCode::kFailedPrecondition))
      << "a token in the clear";
  config.set_tls_certificate("c");
  EXPECT_THAT(CheckSecuritySettings(config),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("tls_certificate is set and tls_key is not")));
  config.set_tls_key("k");
  EXPECT_THAT(CheckSecuritySettings(config), IsOk());
  config.clear_tokens();
  EXPECT_THAT(CheckSecuritySettings(config),
              IsStatus(StatusCode::kFailedPrecondition))
      << "encrypted, but anybody may call";
  config.set_tls_client_ca("ca");
  EXPECT_THAT(CheckSecuritySettings(config), IsOk());
  config.clear_tls_certificate();
  EXPECT_THAT(CheckSecuritySettings(config),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("tls_key is set and tls_certificate is not")));
  config.clear_tls_key();
  EXPECT_THAT(CheckSecuritySettings(config),
              IsStatus(StatusCode::kInvalidArgument,
                       HasSubstr("tls_client_ca is set")));
  config.clear_tls_client_ca();
  config.set_insecure(true);
  EXPECT_THAT(CheckSecuritySettings(config), IsOk());
}

}  // namespace
}  // namespace akin::server
