#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/failure.h"
#include "client/cli/run_cli.h"
#include "tests/client/fake_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace akin::client {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class DoctorCommandTest : public ::testing::Test {
 protected:
  DoctorCommandTest() {
    fake_.info_response.set_version("0.0.1");
    fake_.info_response.set_state(v1::SERVER_STATE_SERVING);
    v1::Model* model = fake_.models_response.add_models();
    model->set_name("movies");
    v1::ModelVersion* version = model->add_versions();
    version->set_version(7);
    version->set_state(v1::VERSION_STATE_AVAILABLE);
    version->add_labels("stable");
    v1::Label* label = model->add_labels();
    label->set_name("stable");
    label->set_version(7);
  }

  v1::ModelVersion* version() {
    return fake_.models_response.mutable_models(0)->mutable_versions(0);
  }

  int Akin(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(),
                     {"akin", "--server", fake_.address().c_str()});
    std::ostringstream out;
    std::ostringstream err;
    const int code = RunCli(static_cast<int>(arguments.size()),
                            arguments.data(), {.out = out, .err = err});
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  FakeServer fake_;
  std::string out_;
  std::string err_;
};

TEST_F(DoctorCommandTest, EachCheckIsALineAndWarningsDoNotFail) {
  EXPECT_EQ(Akin({"doctor"}), kExitAnswered);
  EXPECT_EQ(err_, "");
  const std::vector<std::string> lines =
      absl::StrSplit(out_, '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    EXPECT_THAT(line, AnyOf(StartsWith("ok    "), StartsWith("warn  ")));
  }
  EXPECT_THAT(lines, Contains(HasSubstr("the server is akin 0.0.1, this is")));
  EXPECT_THAT(lines, Contains(HasSubstr("stable is version 7")));
}

TEST_F(DoctorCommandTest, WhatFailsIsTheExitCode) {
  version()->set_state(v1::VERSION_STATE_FAILED);
  version()->set_failure("no \x1b[31m space");
  EXPECT_EQ(Akin({"doctor"}), kExitRefused);
  // The server cannot steer the terminal.
  EXPECT_THAT(out_, HasSubstr("movies/7 could not be loaded: no \\x1b[31m "));
  EXPECT_EQ(err_, "");
}

TEST_F(DoctorCommandTest, PrintsJson) {
  version()->set_state(v1::VERSION_STATE_FAILED);
  version()->set_failure("why");
  EXPECT_EQ(Akin({"doctor", "--json"}), kExitRefused);
  const json all = json::parse(out_);
  size_t counted = 0;
  for (const char* verdict : {"ok", "warn", "fail"}) {
    counted += all[verdict].get<size_t>();
  }
  EXPECT_EQ(counted, all["findings"].size());
  EXPECT_GE(all["fail"], 1);
  for (const json& finding : all["findings"]) {
    if (finding["check"] != "model movies") continue;
    EXPECT_EQ(finding["verdict"], "fail");
    EXPECT_TRUE(finding.contains("text"));
    EXPECT_TRUE(finding.contains("hint"));
  }
}

TEST_F(DoctorCommandTest, AsksForTheRecallOfWhatIsServed) {
  v1::Table* table = version()->add_tables();
  table->set_name("items");
  table->set_index(v1::INDEX_KIND_GRAPH);
  fake_.recall_response.mutable_sampling()->set_cpu_share(0.01);
  fake_.recall_response.set_target(0.9);
  v1::TableRecall* recall = fake_.recall_response.add_tables();
  recall->set_table("items");
  recall->set_index(v1::INDEX_KIND_GRAPH);
  recall->set_below_target(true);
  EXPECT_EQ(Akin({"doctor"}), kExitRefused);
  EXPECT_THAT(out_, HasSubstr("movies/7/items misses the target of 0.9"));
  EXPECT_EQ(fake_.recall_request.model(), "movies");
  EXPECT_EQ(fake_.recall_request.version(), 7);

  for (const absl::StatusCode code : {absl::StatusCode::kUnimplemented,
                                      absl::StatusCode::kPermissionDenied}) {
    fake_.recall_failure = absl::Status(code, "no");
    EXPECT_EQ(Akin({"doctor"}), kExitAnswered) << code;
    EXPECT_THAT(out_, HasSubstr("warn  live recall")) << code;
  }

  // What is compared exactly finds all.
  table->set_index(v1::INDEX_KIND_EXACT);
  fake_.recall_request.Clear();
  EXPECT_EQ(Akin({"doctor"}), kExitAnswered);
  EXPECT_EQ(fake_.recall_request.model(), "");
  EXPECT_THAT(out_, Not(HasSubstr("live recall")));
}

TEST_F(DoctorCommandTest, LooksAtTheCertificatesThatSettingsName) {
  const TempDir dir;
  const TestAuthority authority("authority");
  const int64_t day = TestAuthority::kDay;
  const std::string server = dir.Write(
      "server.pem", authority.Issue("server", -2 * day, -day).certificate);
  const std::string clients = dir.Write(
      "clients.pem", authority.Issue("ca", -day, 30 * day).certificate);
  const std::string settings = dir.Write(
      "akin.textproto", absl::StrCat("threads: 2\ntls_certificate: '", server,
                                     "'\ntls_client_ca: '", clients, "'\n"));
  EXPECT_EQ(Akin({"doctor", "--config", settings.c_str()}), kExitRefused);
  EXPECT_THAT(out_, ContainsRegex("fail  tls_certificate +[^ ]*server.pem: "
                                  "CN=server has expired on "));
  EXPECT_THAT(out_,
              ContainsRegex("ok    tls_client_ca +[^ ]*clients.pem: CN=ca "
                            "is valid until "));

  dir.Write("server.pem",
            authority.Issue("server", -day, 10 * day).certificate);
  EXPECT_EQ(Akin({"doctor", "--config", settings.c_str()}), kExitAnswered);
  EXPECT_THAT(out_, HasSubstr("warn  tls_certificate"));

  dir.Write("akin.textproto", "threads: 2\n");
  EXPECT_EQ(Akin({"doctor", "--config", settings.c_str()}), kExitAnswered);
  EXPECT_THAT(out_, HasSubstr("akin.textproto names no certificates"));

  EXPECT_EQ(Akin({"doctor", "--config", dir.Path("none").c_str()}),
            kExitRefused);
  EXPECT_THAT(out_, HasSubstr("fail  settings"));
}

TEST_F(DoctorCommandTest, LooksAtTheCertificatesItConnectsWith) {
  const TempDir dir;
  const TestAuthority authority("authority");
  const TestCertificate own =
      authority.Issue("ada", -2 * TestAuthority::kDay, -TestAuthority::kDay);
  const std::string certificate = dir.Write("ada.pem", own.certificate);
  const std::string key = dir.Write("ada.key", own.key);
  const std::string ca = dir.Write("ca.pem", authority.certificate());
  // The server of this test has no TLS, so it cannot be asked.
  EXPECT_EQ(Akin({"doctor", "--timeout", "5", "--tls-ca", ca.c_str(),
                  "--tls-cert", certificate.c_str(), "--tls-key", key.c_str()}),
            kExitRefused);
  EXPECT_THAT(out_, ContainsRegex(
                        "fail  --tls-cert +[^ ]*ada.pem: CN=ada has expired"));
  EXPECT_THAT(out_, ContainsRegex(
                        "warn  --tls-ca +[^ ]*ca.pem: CN=authority is valid"));
  // A system's list of authorities is not judged.
  std::string many;
  for (int i = 0; i < 11; ++i) many += authority.certificate();
  dir.Write("ca.pem", many);
  Akin({"doctor", "--timeout", "5", "--tls-ca", ca.c_str()});
  EXPECT_THAT(out_, Not(HasSubstr("--tls-ca ")));
}

TEST_F(DoctorCommandTest, AServerThatRefusesIsAFinding) {
  fake_.FailWith(absl::StatusCode::kUnauthenticated, "no token");
  EXPECT_EQ(Akin({"doctor"}), kExitRefused);
  EXPECT_THAT(out_, HasSubstr("fail  server"));
  EXPECT_THAT(out_, HasSubstr("no token"));
}

TEST_F(DoctorCommandTest, BadUsageAsksNobody) {
  EXPECT_EQ(Akin({"doctor", "glove"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("means nothing to akin doctor"));
  EXPECT_EQ(out_, "");
}

}  // namespace
}  // namespace akin::client
