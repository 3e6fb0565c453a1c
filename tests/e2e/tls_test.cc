// TLS and mTLS with a real server, and certificates that change under calls.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "client/cpp/call_status.h"
#include "client/cpp/client.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_certificates.h"

namespace akin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TlsTest : public testing::Test {
 protected:
  void Start(const std::vector<std::string>& more) {
    Write(authority_.Issue("server-0"));
    std::vector<std::string> arguments = RoyalLoads(dir_);
    arguments.insert(arguments.end(),
                     {"--tls-certificate", certificate_, "--tls-key", key_});
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<TestServer>(arguments);
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
  }
  // Replaces the server's files as tools do: by renaming whole ones.
  void Write(const TestCertificate& certificate) const {
    dir_.Write("next.cert", certificate.certificate);
    dir_.Write("next.key", certificate.key);
    std::filesystem::rename(dir_.Path("next.cert"), certificate_);
    std::filesystem::rename(dir_.Path("next.key"), key_);
  }
  CliResult Akin(const std::vector<std::string>& flags) const {
    std::vector<std::string> arguments = {"--server", address_, "models"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunAkin(arguments);
  }
  client::ClientOptions Options() const {
    client::ClientOptions options;
    options.connect_timeout = absl::Seconds(30);
    options.credentials.tls = true;
    options.credentials.ca_file = ca_;
    return options;
  }
  // A connection of its own, and the certificate that it was shown.
  std::string CertificateSeen() const {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = authority_.certificate();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(
        address_, grpc::SslCredentials(ssl), arguments);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(30));
    v1::SearchResponse response;
    const grpc::Status status = v1::SearchService::NewStub(channel)->Search(
        &context, Request(), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    if (!status.ok()) return "";
    const auto seen = context.auth_context()->FindPropertyValues(
        GRPC_X509_PEM_CERT_PROPERTY_NAME);
    return seen.empty() ? "" : std::string(seen[0].data(), seen[0].size());
  }
  static v1::SearchRequest Request() {
    v1::SearchRequest request;
    request.set_model("royal");
    request.set_table("words");
    request.mutable_query()->mutable_id()->set_id("king");
    request.mutable_options()->set_k(1);
    return request;
  }

  const TempDir dir_;
  const TestAuthority authority_{"Test Authority"};
  const std::string ca_ = dir_.Write("ca.pem", authority_.certificate());
  const std::string certificate_ = dir_.Path("server.cert");
  const std::string key_ = dir_.Path("server.key");
  std::unique_ptr<TestServer> server_;
  std::string address_;
};

TEST_F(TlsTest, TheCommandLineTrustsTheAuthorityAndNoOther) {
  Start({});
  CliResult result = Akin({"--tls-ca", ca_});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("royal"));
  setenv("AKIN_TLS_CA", ca_.c_str(), 1);
  EXPECT_EQ(Akin({}).exit_code, 0);
  unsetenv("AKIN_TLS_CA");

  const TestAuthority stranger("Stranger");
  result = Akin({"--tls-ca", dir_.Write("other.pem", stranger.certificate())});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.errors,
              AllOf(HasSubstr("no TLS connection to " + address_),
                    HasSubstr("was not issued by an authority")));
  EXPECT_EQ(Akin({"--tls"}).exit_code, 3) << "the system's authorities";
  result = Akin({"--tls-ca", ca_, "--tls-server-name", "example.org"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.errors, HasSubstr("is for another name"));
  EXPECT_EQ(Akin({"--tls-ca", ca_, "--tls-server-name", "server-0"}).exit_code,
            0);
}

TEST_F(TlsTest, WhoDoesNotSpeakTlsIsNotAnswered) {
  Start({});
  CliResult result = Akin({});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.errors, HasSubstr("expects TLS"));
  EXPECT_EQ(Akin({"--tls-ca", ca_}).exit_code, 0) << "the server goes on";

  TestServer plain(RoyalLoads(dir_));
  address_ = plain.WaitUntilServing();
  result = Akin({"--tls-ca", ca_});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.errors, HasSubstr("no TLS connection to " + address_));
}

TEST_F(TlsTest, AnotherImplementationShakesHands) {
  if (access("/usr/bin/openssl", X_OK) != 0) GTEST_SKIP() << "no openssl";
  Start({});
  ChildProcess openssl(
      "/bin/sh", {"-c", absl::StrCat("/usr/bin/openssl s_client -connect ",
                                     address_, " -alpn h2 -CAfile ", ca_,
                                     " -verify_return_error </dev/null 2>&1")});
  EXPECT_EQ(openssl.Wait(), 0) << openssl.output();
  EXPECT_THAT(openssl.output(), AllOf(HasSubstr("ALPN protocol: h2"),
                                      HasSubstr("Verify return code: 0 (ok)"),
                                      HasSubstr("CN = server-0")));
  ChildProcess old("/bin/sh",
                   {"-c", absl::StrCat("/usr/bin/openssl s_client -connect ",
                                       address_, " -tls1_1 </dev/null 2>&1")});
  EXPECT_NE(old.Wait(), 0) << old.output();
}

TEST_F(TlsTest, WithAuthoritiesOfClientsEachShowsACertificate) {
  const TestAuthority clients("Clients");
  Start({"--tls-client-ca", dir_.Write("clients.pem", clients.certificate())});
  CliResult result = Akin({"--tls-ca", ca_});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.errors, HasSubstr("certificate of the client"));

  const auto with = [&](const TestCertificate& own) {
    return Akin({"--tls-ca", ca_, "--tls-cert",
                 dir_.Write("client.pem", own.certificate), "--tls-key",
                 dir_.Write("client.key", own.key)});
  };
  result = with(clients.Issue("ada"));
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(with(authority_.Issue("mallory")).exit_code, 3);
  EXPECT_EQ(with(clients.Issue("late", -7200, -3600)).exit_code, 3);

  // Who changes something is named.
  const TestCertificate ada = clients.Issue("ada");
  EXPECT_EQ(RunAkin({"--server", address_, "load", "royal", "--version", "1",
                     "--tls-ca", ca_, "--tls-cert",
                     dir_.Write("ada.pem", ada.certificate), "--tls-key",
                     dir_.Write("ada.key", ada.key)})
                .exit_code,
            1);
  EXPECT_TRUE(server_->process().WaitForError("who=\"CN=ada\" peer="));
}

TEST_F(TlsTest, CertificatesChangeUnderCallsAndNoneIsLost) {
  constexpr int kRotations = 20;
  Start({});
  std::atomic<bool> done{false};
  std::atomic<int> calls{0};
  std::atomic<int> failures{0};
  auto opened = client::Client::Connect(address_, Options());
  ASSERT_THAT(opened, IsOk());
  std::thread old_connection([&] {
    while (!done) {
      const auto response = (*opened)->Search(Request());
      if (!response.ok()) ++failures;
      ++calls;
    }
  });
  std::thread new_connections([&] {
    while (!done) {
      const auto client = client::Client::Connect(address_, Options());
      if (!client.ok() || !(*client)->Search(Request()).ok()) ++failures;
      ++calls;
      absl::SleepFor(absl::Milliseconds(5));
    }
  });
  int taken = 0;
  for (int i = 1; i <= kRotations; ++i) {
    const TestCertificate next = authority_.Issue(absl::StrCat("server-", i));
    Write(next);
    const absl::Time deadline = absl::Now() + absl::Seconds(60);
    bool seen = false;
    while (!seen && absl::Now() < deadline) {
      seen = CertificateSeen() == next.certificate;
      if (!seen) absl::SleepFor(absl::Milliseconds(20));
    }
    taken += seen ? 1 : 0;
  }
  done = true;
  old_connection.join();
  new_connections.join();
  EXPECT_EQ(taken, kRotations) << server_->process().errors();
  EXPECT_EQ(failures, 0);
  EXPECT_GT(calls, kRotations);
}

TEST_F(TlsTest, AFileThatCannotBeUsedChangesNothing) {
  Start({});
  const std::string before = CertificateSeen();
  // A certificate whose key has not come, and will not.
  dir_.Write("server.cert", authority_.Issue("other").certificate);
  ASSERT_TRUE(
      server_->process().WaitForError("the certificates stay as they were"));
  EXPECT_EQ(CertificateSeen(), before);
  EXPECT_NE(before, "");
}

TEST_F(TlsTest, WhatCannotBeUsedEndsTheServer) {
  const TestCertificate old = authority_.Issue("old", -7200, -3600);
  Write(old);
  std::vector<std::string> arguments = RoyalLoads(dir_);
  arguments.insert(arguments.end(),
                   {"--tls-certificate", certificate_, "--tls-key", key_});
  TestServer server(arguments);
  EXPECT_EQ(server.process().Wait(), 1);
  EXPECT_THAT(server.process().errors(), HasSubstr("expired at"));
}

}  // namespace
}  // namespace akin
