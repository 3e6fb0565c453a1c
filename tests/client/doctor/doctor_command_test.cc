#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "client/cli/failure.h"
#include "client/cli/run_cli.h"
#include "tests/client/fake_server.h"

namespace akin::client {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
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
