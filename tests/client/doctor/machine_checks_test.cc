#include "client/cli/doctor/machine_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/doctor/finding_support.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

MachineFacts GoodMachine() {
  MachineFacts machine;
  machine.cpu_flags = {"sse2", "avx2", "fma"};
  machine.huge_pages = "madvise";
  machine.clock_source = "tsc";
  machine.governors = {"performance"};
  machine.overcommit = 0;
  machine.max_map_count = 65'530;
  return machine;
}

v1::GetServerInfoResponse GoodInfo() {
  v1::GetServerInfoResponse info;
  info.set_cpu_target("AVX2");
  info.mutable_process()->set_maps_files(true);
  return info;
}

TEST(CheckMachine, AGoodOneIsOk) {
  const auto info = GoodInfo();
  Findings findings;
  CheckMachine(GoodMachine(), &info, &findings);
  EXPECT_THAT(
      Lines(findings),
      ElementsAre("ok processor: has AVX2 and FMA; the server uses AVX2",
                  "ok huge pages: transparent huge pages: madvise",
                  "ok clock source: tsc", "ok cpu governor: performance",
                  "ok overcommit: vm.overcommit_memory is 0",
                  "ok map count: vm.max_map_count is 65530"));
  EXPECT_TRUE(HintsAreWhereTheyBelong(findings));
}

TEST(CheckMachine, SaysNothingOfWhatItDoesNotKnow) {
  Findings findings;
  CheckMachine(MachineFacts(), nullptr, &findings);
  EXPECT_THAT(findings, IsEmpty());
}

TEST(CheckMachine, EachThingCanBeWrong) {
  MachineFacts machine = GoodMachine();
  machine.cpu_flags = {"sse2", "avx2"};  // no fma
  machine.huge_pages = "never";
  machine.clock_source = "hpet";
  machine.governors = {"performance", "powersave"};
  machine.overcommit = 2;
  machine.commit_limit_bytes = 100u << 20;
  machine.committed_bytes = 90u << 20;
  machine.max_map_count = 1000;
  const auto info = GoodInfo();
  Findings findings;
  CheckMachine(machine, &info, &findings);
  EXPECT_THAT(
      Lines(findings),
      ElementsAre("warn processor: has no AVX2 with FMA; the server uses AVX2",
                  "warn huge pages: transparent huge pages are off",
                  "warn clock source: hpet is slow to read",
                  "warn cpu governor: powersave",
                  "warn overcommit: vm.overcommit_memory is 2, 90.0 MiB of "
                  "100.0 MiB are promised",
                  StartsWith("warn map count: vm.max_map_count is 1000")));
  EXPECT_TRUE(HintsAreWhereTheyBelong(findings));
}

TEST(CheckProcessor, AServerBelowWhatTheMachineHas) {
  for (const char* target : {"SSE2", "SSSE3", "SSE4", "EMU128", "SCALAR"}) {
    v1::GetServerInfoResponse info;
    info.set_cpu_target(target);
    Findings findings;
    CheckProcessor(GoodMachine(), &info, &findings);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].verdict, Verdict::kWarn);
    EXPECT_THAT(findings[0].text, HasSubstr(target));
  }
  for (const char* target : {"AVX2", "AVX3", "AVX3_ZEN4"}) {
    v1::GetServerInfoResponse info;
    info.set_cpu_target(target);
    Findings findings;
    CheckProcessor(GoodMachine(), &info, &findings);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].verdict, Verdict::kOk) << target;
  }
}

TEST(CheckProcessor, NoServerAndNoX86) {
  Findings findings;
  CheckProcessor(GoodMachine(), nullptr, &findings);
  EXPECT_THAT(Lines(findings), ElementsAre("ok processor: has AVX2 and FMA"));
  findings.clear();
  v1::GetServerInfoResponse info;
  info.set_cpu_target("NEON");
  CheckProcessor(MachineFacts(), &info, &findings);
  EXPECT_THAT(Lines(findings),
              ElementsAre("ok processor: the server uses NEON"));
}

TEST(CheckMapCount, MattersOnlyWhereFilesAreMapped) {
  MachineFacts machine;
  machine.max_map_count = 10;
  v1::GetServerInfoResponse info;
  Findings findings;
  CheckMapCount(machine, &info, &findings);
  EXPECT_THAT(findings, IsEmpty());
}

}  // namespace
}  // namespace akin::client
