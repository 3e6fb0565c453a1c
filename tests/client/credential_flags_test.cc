#include "client/cli/credential_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHere[] = "127.0.0.1:7400";
constexpr char kPem[] = "-----BEGIN CERTIFICATE-----\n";

class CredentialFlagsTest : public testing::Test {
 protected:
  CredentialFlagsTest() { Forget(); }
  ~CredentialFlagsTest() override { Forget(); }
  static void Forget() {
    for (const char* variable :
         {"AKIN_TOKEN", "AKIN_TLS_CA", "AKIN_TLS_CERT", "AKIN_TLS_KEY"}) {
      unsetenv(variable);
    }
  }

  const TempDir dir_;
  SessionFlags flags_;
};

TEST_F(CredentialFlagsTest, NothingIsNothing) {
  const auto read = ReadCredentials(flags_, kHere);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, Credentials());
}

TEST_F(CredentialFlagsTest, AFlagBeatsTheEnvironment) {
  setenv("AKIN_TOKEN", "of-the-environment", 1);
  setenv("AKIN_TLS_CA", dir_.Write("env.pem", kPem).c_str(), 1);
  auto read = ReadCredentials(flags_, kHere);
  ASSERT_THAT(read, IsOk());
  EXPECT_TRUE(read->tls) << "a file of TLS's means TLS";
  EXPECT_EQ(read->ca_file, dir_.Path("env.pem"));
  EXPECT_EQ(read->token, "of-the-environment");

  flags_.token_file = dir_.Write("token", " of-the-file\n");
  flags_.tls_ca = dir_.Write("flag.pem", kPem);
  read = ReadCredentials(flags_, kHere);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->ca_file, dir_.Path("flag.pem"));
  EXPECT_EQ(read->token, "of-the-file");
}

TEST_F(CredentialFlagsTest, WhatCannotBeUsedIsSaid) {
  flags_.token_file = dir_.Write("empty", "\n");
  EXPECT_THAT(ReadCredentials(flags_, kHere),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("empty"), HasSubstr("no token"))));
  flags_.token_file = dir_.Path("none");
  EXPECT_THAT(ReadCredentials(flags_, kHere),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("none")));
  flags_.token_file.reset();
  flags_.tls_cert = dir_.Write("cert.pem", kPem);
  EXPECT_THAT(ReadCredentials(flags_, kHere),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("together")));
}

TEST_F(CredentialFlagsTest, ATokenLeavesThisMachineOnPurposeOnly) {
  setenv("AKIN_TOKEN", "secret", 1);
  EXPECT_THAT(
      ReadCredentials(flags_, "example.org:7400"),
      IsStatus(StatusCode::kInvalidArgument,
               AllOf(HasSubstr("--tls-ca"), HasSubstr("--token-without-tls"),
                     Not(HasSubstr("secret")))));
  flags_.token_without_tls = true;
  EXPECT_THAT(ReadCredentials(flags_, "example.org:7400"), IsOk());
  flags_.token_without_tls = false;
  flags_.tls = true;
  EXPECT_THAT(ReadCredentials(flags_, "example.org:7400"), IsOk());
}

}  // namespace
}  // namespace akin::client
