// `akin doctor` with a real server, and without one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/e2e/fixture.h"

namespace akin {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

TEST(DoctorE2eTest, AServerOfFilesIsWell) {
  const TempDir dir;
  TestServer server(RoyalLoads(dir));
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty()) << server.process().errors();
  const CliResult doctor = RunAkin({"--server", address, "doctor", "--json"});
  // What the machine lacks is a warning at most; memory may be short.
  const json all = json::parse(doctor.output);
  std::set<std::string> checks;
  for (const json& finding : all["findings"]) {
    checks.insert(finding["check"]);
    if (finding["verdict"] == "fail") {
      EXPECT_EQ(finding["check"], "memory") << finding;
    }
    EXPECT_EQ(finding.contains("hint"), finding["verdict"] != "ok") << finding;
  }
  EXPECT_EQ(doctor.exit_code, all["fail"] == 0 ? 0 : 1);
  EXPECT_THAT(checks, IsSupersetOf({"state", "release", "clock", "open files",
                                    "threads", "memory", "swap", "model royal",
                                    "labels of royal"}));
  const CliResult readable = RunAkin({"--server", address, "doctor"});
  EXPECT_THAT(readable.output, HasSubstr("serving, up for"));
  EXPECT_THAT(readable.output, HasSubstr("stable is version 1"));
}

TEST(DoctorE2eTest, NoServerAndNoRepositoryFail) {
  const TempDir dir;
  const CliResult doctor =
      RunAkin({"--server", "unix:" + dir.Path("none"), "doctor", "--repository",
               dir.Path("none"), "--certificate", dir.Path("none.pem")});
  EXPECT_EQ(doctor.exit_code, 1);
  EXPECT_THAT(doctor.output, HasSubstr("fail  server"));
  EXPECT_THAT(doctor.output, HasSubstr("fail  repository"));
  EXPECT_THAT(doctor.output, HasSubstr("fail  certificate"));
}

TEST(DoctorE2eTest, ASealedRepositoryIsInOrder) {
  const TempDir dir;
  const std::string words = dir.Write("words.txt", "a 1 0\nb 0 1\nc 1 1\n");
  ChildProcess build(AKIN_BIN_DIR "/akin-build",
                     {"--repository", dir.Path("repo"), "--model", "m",
                      "--table", "words=" + words});
  ASSERT_EQ(build.Wait(), 0) << build.errors();
  TestServer server({"--repository", dir.Path("repo")});
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty()) << server.process().errors();
  const CliResult doctor =
      RunAkin({"--server", address, "doctor", "--repository", dir.Path("repo"),
               "--json"});
  const json answer = json::parse(doctor.output);
  int in_order = 0;
  for (const json& finding : answer["findings"]) {
    if (finding["check"] != "sealed versions" &&
        finding["check"] != "leftovers") {
      continue;
    }
    EXPECT_EQ(finding["verdict"], "ok") << finding;
    ++in_order;
  }
  EXPECT_EQ(in_order, 2);
}

}  // namespace
}  // namespace akin
