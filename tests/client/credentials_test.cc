#include "client/cpp/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "client/cpp/call_status.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Credentials WithToken(const std::string& token) {
  Credentials credentials;
  credentials.token = token;
  return credentials;
}

TEST(Credentials, ATokenIsSentInTheClearToThisMachineOnly) {
  Credentials credentials = WithToken("secret");
  for (const char* here :
       {"127.0.0.1:7400", "127.1.2.3:1", "localhost:7400", "[::1]:7400",
        "unix:/run/akin.sock", "unix:///run/akin.sock", "dns:///localhost:1",
        "ipv4:127.0.0.1:7400"}) {
    EXPECT_THAT(CheckToken(credentials, here), IsOk()) << here;
  }
  for (const char* elsewhere :
       {"example.org:7400", "10.0.0.1:7400", "127.0.0.1.example.org:7400",
        "127.example.org:7400", "dns:///example.org:1", "[::2]:1",
        "localhost.example.org:1"}) {
    EXPECT_THAT(CheckToken(credentials, elsewhere),
                IsStatus(StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(elsewhere), HasSubstr("TLS"),
                               Not(HasSubstr("secret")))));
  }
  credentials.token_without_tls = true;
  EXPECT_THAT(CheckToken(credentials, "example.org:7400"), IsOk());
  credentials.token_without_tls = false;
  credentials.tls = true;
  EXPECT_THAT(CheckToken(credentials, "example.org:7400"), IsOk());
  EXPECT_THAT(CheckToken({}, "example.org:7400"), IsOk()) << "there is none";
}

TEST(Credentials, ATokenIsOneWord) {
  for (const std::string& bad :
       {std::string("two words"), std::string("line\n"),
        std::string("\xc3\xa9"), std::string("nul\0", 4),
        std::string(4097, 'x')}) {
    EXPECT_THAT(CheckToken(WithToken(bad), "localhost:1"),
                IsStatus(StatusCode::kInvalidArgument,
                         Not(HasSubstr(bad.substr(0, 3)))));
  }
  EXPECT_THAT(CheckToken(WithToken(std::string(4096, 'x')), "localhost:1"),
              IsOk());
}

TEST(Credentials, FilesArePem) {
  const TempDir dir;
  Credentials credentials;
  credentials.ca_file = dir.Write("ca", "-----BEGIN CERTIFICATE-----\n");
  const auto read = ReadTlsMaterial(credentials);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->ca, "-----BEGIN CERTIFICATE-----\n");
  EXPECT_EQ(read->key, "");

  credentials.ca_file = dir.Path("none");
  EXPECT_THAT(
      ReadTlsMaterial(credentials),
      IsStatus(StatusCode::kInvalidArgument,
               AllOf(HasSubstr(dir.Path("none")), HasSubstr("No such file"))));
  credentials.ca_file = dir.Write("der", "\x30\x82");
  EXPECT_THAT(ReadTlsMaterial(credentials),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("PEM")));
  credentials.ca_file = dir.Write("empty", "");
  EXPECT_THAT(ReadTlsMaterial(credentials),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("empty")));
  credentials.ca_file = "";
  credentials.key_file = dir.Write("key", "-----BEGIN PRIVATE KEY-----\n");
  EXPECT_THAT(ReadTlsMaterial(credentials),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("together")));
}

TEST(Credentials, FailuresAreToldApart) {
  Credentials tls;
  tls.tls = true;
  const auto said = [](const absl::Status& status) {
    EXPECT_TRUE(IsUnreachable(status));
    return std::string(status.message());
  };
  EXPECT_EQ(said(ConnectFailure("h:1",
                                "failed to connect to all addresses; last "
                                "error: UNKNOWN: ipv4:127.0.0.1:1: Failed to "
                                "connect to remote host: Connection refused",
                                tls)),
            "no akin server at h:1: Connection refused");
  EXPECT_EQ(said(ConnectFailure("h:1", "", {})), "no akin server at h:1");
  EXPECT_THAT(
      said(
          ConnectFailure("h:1",
                         "last error: UNKNOWN: ipv4:127.0.0.1:1: Ssl handshake "
                         "failed: SSL_ERROR_SSL: error:0A000086:SSL "
                         "routines::certificate verify failed",
                         tls)),
      AllOf(HasSubstr("no TLS connection to h:1"), HasSubstr("authority")));
  EXPECT_THAT(said(ConnectFailure("h:1",
                                  "UNKNOWN: Ssl handshake failed: "
                                  "error:0A00010B:SSL routines::wrong version "
                                  "number",
                                  tls)),
              HasSubstr("it does not speak TLS"));
  EXPECT_THAT(said(ConnectFailure("h:1", "UNAVAILABLE: Socket closed", {})),
              HasSubstr("expects TLS"));
  EXPECT_THAT(said(ConnectFailure("h:1", "UNAVAILABLE: Socket closed", tls)),
              HasSubstr("wants a certificate of the client"));
}

}  // namespace
}  // namespace akin::client
