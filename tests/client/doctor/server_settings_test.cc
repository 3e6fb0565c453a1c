#include "client/cli/doctor/server_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReadNamedCertificatesTest : public ::testing::Test {
 protected:
  // "SETTING PATH"
  std::vector<std::string> NamedIn(const std::string& text) {
    const auto named =
        ReadNamedCertificates(dir_.Write("akin.textproto", text));
    EXPECT_THAT(named, IsOk());
    if (!named.ok()) return {"none"};
    std::vector<std::string> lines;
    for (const NamedFile& file : *named) {
      lines.push_back(absl::StrCat(file.setting, " ", file.path));
    }
    return lines;
  }

  std::string Refused(const std::string& text) {
    const auto named =
        ReadNamedCertificates(dir_.Write("akin.textproto", text));
    EXPECT_EQ(named.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(named.status().message());
  }

  const TempDir dir_;
};

TEST_F(ReadNamedCertificatesTest, FindsThemAmongOtherSettings) {
  EXPECT_THAT(NamedIn("# a comment\n"
                      "repository: \"/var/lib/akin\"  # another\n"
                      "tls_client_ca: '/etc/akin/clients.pem'\n"
                      "threads: 4\n"
                      "recall_cpu_share: 0.01\n"
                      "reflection: false\n"
                      "load: 'a/b=c' load: \"a/d=tls_certificate: 'x'\"\n"
                      "tls_certificate: \"/etc/akin/\"\n"
                      "                 \"server \\\"1\\\".pem\"\n"
                      "tls_key: '/etc/akin/server.key'\n"),
              ElementsAre("tls_certificate /etc/akin/server \"1\".pem",
                          "tls_client_ca /etc/akin/clients.pem"));
}

TEST_F(ReadNamedCertificatesTest, NoneIsNoError) {
  EXPECT_THAT(NamedIn(""), IsEmpty());
  EXPECT_THAT(NamedIn("threads: 4\n# tls_certificate: 'x'\n"), IsEmpty());
  EXPECT_THAT(NamedIn("tls_certificate: ''\n"), IsEmpty());
}

TEST_F(ReadNamedCertificatesTest, WhatIsNoFileOfSettingsIsSaid) {
  EXPECT_THAT(Refused("threads: 4\ntls_certificate: 7\n"),
              HasSubstr("akin.textproto:2: "));
  EXPECT_THAT(Refused("tls_certificate: 'a'\ntls_certificate: 'b'\n"),
              HasSubstr("akin.textproto:2: "));
  EXPECT_THAT(Refused("-----BEGIN CERTIFICATE-----\n"),
              HasSubstr("expected what akin-server --config takes"));
  EXPECT_THAT(
      std::string(ReadNamedCertificates(dir_.Path("none")).status().message()),
      HasSubstr("none"));
}

// deploy/akin.textproto is what the package installs.
TEST_F(ReadNamedCertificatesTest, TheExampleCanBeRead) {
  EXPECT_THAT(ReadNamedCertificates(AKIN_SOURCE_DIR "/deploy/akin.textproto"),
              IsOk());
}

}  // namespace
}  // namespace akin::client
