#include "client/cli/doctor/server_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/client/doctor/finding_support.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr uint64_t kMiB = 1 << 20;

class ServerChecksTest : public ::testing::Test {
 protected:
  ServerChecksTest() {
    server_.client_version = "1.2.3";
    server_.asked = absl::FromUnixSeconds(1000);
    server_.answered = server_.asked + absl::Milliseconds(10);
    server_.healthy = true;
    info().set_version("1.2.3");
    info().set_state(v1::SERVER_STATE_SERVING);
    info().set_uptime_seconds(90);
    info().set_threads(4);
    info().set_time_unix_micros(1'000'005'000);  // between the two
    info().mutable_limits()->set_max_connections(4096);
    process().set_open_files_limit(65'536);
    process().set_processors(4);
    process().set_resident_bytes(1000 * kMiB);
    process().set_available_bytes(5000 * kMiB);
    process().set_has_repository(true);
  }

  v1::GetServerInfoResponse& info() { return server_.info; }
  v1::ServerProcess& process() { return *server_.info.mutable_process(); }

  template <class Check>
  std::vector<std::string> Run(const Check& check) {
    Findings findings;
    check(server_, &findings);
    EXPECT_TRUE(HintsAreWhereTheyBelong(findings));
    return Lines(findings);
  }

  ServerFacts server_;
};

TEST_F(ServerChecksTest, AGoodOneIsOk) {
  EXPECT_THAT(
      Run(CheckServer),
      ElementsAre(
          "ok state: serving, up for 1m30s", "ok release: 1.2.3",
          "ok clock: agrees with this machine's",
          "ok open files: the limit is 65,536, 4,096 connections may take "
          "8,448",
          "ok threads: 4 threads to search, 4 processors for them",
          "ok memory: the server has 1000.0 MiB and can have 5000.0 MiB more",
          "ok swap: the server's memory is not swapped out"));
}

TEST_F(ServerChecksTest, AnOlderServerSaysLess) {
  info().set_time_unix_micros(0);
  info().clear_process();
  EXPECT_THAT(Run(CheckClock), IsEmpty());
  EXPECT_THAT(Run(CheckOpenFiles), IsEmpty());
  EXPECT_THAT(Run(CheckThreads), IsEmpty());
  EXPECT_THAT(Run(CheckMemory), IsEmpty());
  EXPECT_THAT(Run(CheckSwap), IsEmpty());
}

TEST_F(ServerChecksTest, States) {
  info().set_state(v1::SERVER_STATE_LOADING);
  EXPECT_THAT(Run(CheckState),
              ElementsAre("warn state: loading, up for 1m30s"));
  info().set_uptime_seconds(3600);
  Findings findings;
  CheckState(server_, &findings);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].hint, HasSubstr("akin-build"));
  info().set_state(v1::SERVER_STATE_DRAINING);
  EXPECT_THAT(Run(CheckState), ElementsAre("warn state: draining, up for 1h"));
  info().set_state(static_cast<v1::ServerState>(77));
  EXPECT_THAT(Run(CheckState),
              ElementsAre("warn state: unknown (77), up for 1h"));
}

TEST_F(ServerChecksTest, HealthHasToAgree) {
  server_.healthy = false;
  EXPECT_THAT(Run(CheckState),
              ElementsAre("fail health: serving, but health says NOT_SERVING"));
  server_.healthy = absl::UnimplementedError("no such service");
  EXPECT_THAT(Run(CheckState),
              ElementsAre(HasSubstr("warn health: grpc.health.v1.Health does "
                                    "not answer: no such service"),
                          StartsWith("ok state: serving")));
}

TEST_F(ServerChecksTest, OtherReleases) {
  info().set_version("1.3.0");
  EXPECT_THAT(
      Run(CheckRelease),
      ElementsAre(
          "warn release: the server is akin 1.3.0, this is akin 1.2.3"));
}

TEST_F(ServerChecksTest, AClockIsOffOnlyByWhatTheWayDoesNotExplain) {
  const int64_t asked = absl::ToUnixMicros(server_.asked);
  const auto lines_at = [&](int64_t micros) {
    info().set_time_unix_micros(micros);
    return Run(CheckClock);
  };
  EXPECT_THAT(lines_at(asked - 900'000),
              ElementsAre("ok clock: agrees with this machine's"));
  EXPECT_THAT(lines_at(asked - 1'500'000),
              ElementsAre("warn clock: the server's is 1.5s behind this "
                          "machine's"));
  EXPECT_THAT(lines_at(asked + 10'000 + 2'000'000),
              ElementsAre("warn clock: the server's is 2s ahead of this "
                          "machine's"));
  EXPECT_THAT(lines_at(asked + 3'600'000'000),
              ElementsAre(StartsWith("fail clock: the server's is 59m59.99s")));
}

TEST_F(ServerChecksTest, TooFewOpenFiles) {
  process().set_open_files_limit(1024);
  Findings findings;
  CheckOpenFiles(server_, &findings);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].verdict, Verdict::kWarn);
  EXPECT_THAT(findings[0].hint, HasSubstr("LimitNOFILE=8448"));
  EXPECT_THAT(findings[0].hint, HasSubstr("--max-connections 384"));
  process().set_open_files_limit(8448);
  EXPECT_THAT(Run(CheckOpenFiles), ElementsAre(StartsWith("ok")));
  process().set_open_files_limit(8447);
  EXPECT_THAT(Run(CheckOpenFiles), ElementsAre(StartsWith("warn")));
}

TEST_F(ServerChecksTest, MoreThreadsThanProcessors) {
  process().set_processors(2);
  EXPECT_THAT(Run(CheckThreads),
              ElementsAre("warn threads: 4 threads to search, 2 processors for "
                          "them"));
}

TEST_F(ServerChecksTest, LittleMemoryIsLeft) {
  process().set_available_bytes(100 * kMiB);  // 9 % of 1100
  EXPECT_THAT(Run(CheckMemory), ElementsAre(StartsWith("warn memory")));
  process().set_available_bytes(30 * kMiB);  // 2.9 %
  EXPECT_THAT(Run(CheckMemory), ElementsAre(StartsWith("fail memory")));
}

TEST_F(ServerChecksTest, TheNextVersionHasToFitBesideThisOne) {
  v1::Model model;
  model.set_name("movies");
  auto* version = model.add_versions();
  version->add_tables()->set_memory_bytes(300 * kMiB);
  version->add_tables()->set_memory_bytes(400 * kMiB);
  server_.models.push_back(model);
  process().set_available_bytes(701 * kMiB);
  EXPECT_THAT(Run(CheckMemory), ElementsAre(StartsWith("ok memory")));
  process().set_available_bytes(699 * kMiB);
  EXPECT_THAT(Run(CheckMemory),
              ElementsAre(HasSubstr("a version of movies takes 700.0 MiB")));
  // Nothing is read into memory where files are mapped, or none will come.
  process().set_maps_files(true);
  EXPECT_THAT(Run(CheckMemory), ElementsAre(StartsWith("ok memory")));
  process().set_maps_files(false);
  process().set_has_repository(false);
  EXPECT_THAT(Run(CheckMemory), ElementsAre(StartsWith("ok memory")));
}

TEST_F(ServerChecksTest, MemoryThatIsSwappedOut) {
  process().set_swapped_bytes(16 * kMiB);
  EXPECT_THAT(Run(CheckSwap), ElementsAre(StartsWith("ok swap")));
  process().set_swapped_bytes(17 * kMiB);
  EXPECT_THAT(Run(CheckSwap),
              ElementsAre("warn swap: 17.0 MiB of the server's memory are "
                          "swapped out"));
}

TEST(IsOnThisMachine, IsALoopbackAddressOrASocket) {
  for (const char* here : {"127.0.0.1:7400", "127.8.9.1:1", "localhost:7400",
                           "[::1]:7400", "unix:/run/akin.sock"}) {
    EXPECT_TRUE(IsOnThisMachine(here)) << here;
  }
  for (const char* elsewhere : {"vectors.internal:7400", "10.0.0.1:7400",
                                "[::2]:7400", "localhost.example.org:7400"}) {
    EXPECT_FALSE(IsOnThisMachine(elsewhere)) << elsewhere;
  }
}

}  // namespace
}  // namespace akin::client
