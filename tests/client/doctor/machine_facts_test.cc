#include "client/cli/doctor/machine_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MachineFactsTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::string root() const { return dir_.Path("root"); }

  TempDir dir_;
};

TEST_F(MachineFactsTest, ReadsWhatLinuxWrites) {
  Write("/proc/cpuinfo",
        "processor\t: 0\nflags\t\t: fpu avx2 fma\nbugs\t\t: spectre_v1\n");
  Write("/sys/kernel/mm/transparent_hugepage/enabled",
        "always [madvise] never\n");
  Write("/sys/devices/system/clocksource/clocksource0/current_clocksource",
        "tsc\n");
  Write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  Write("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor",
        "performance\n");
  Write("/sys/devices/system/cpu/cpuidle/current_driver", "none\n");
  Write("/proc/sys/vm/overcommit_memory", "2\n");
  Write("/proc/sys/vm/max_map_count", "65530\n");
  Write("/proc/meminfo",
        "MemTotal:       100 kB\nCommitLimit:     50 kB\n"
        "Committed_AS:     7 kB\n");
  const MachineFacts facts = ReadMachineFacts(root());
  EXPECT_THAT(facts.cpu_flags, ElementsAre("avx2", "fma", "fpu"));
  EXPECT_EQ(facts.huge_pages, "madvise");
  EXPECT_EQ(facts.clock_source, "tsc");
  EXPECT_THAT(facts.governors, ElementsAre("performance", "powersave"));
  EXPECT_EQ(facts.overcommit, 2u);
  EXPECT_EQ(facts.commit_limit_bytes, 50u * 1024);
  EXPECT_EQ(facts.committed_bytes, 7u * 1024);
  EXPECT_EQ(facts.max_map_count, 65'530u);
}

TEST_F(MachineFactsTest, WhatIsNotThereIsNotKnown) {
  const MachineFacts facts = ReadMachineFacts(root());
  EXPECT_THAT(facts.cpu_flags, IsEmpty());
  EXPECT_EQ(facts.huge_pages, std::nullopt);
  EXPECT_EQ(facts.clock_source, std::nullopt);
  EXPECT_THAT(facts.governors, IsEmpty());
  EXPECT_EQ(facts.overcommit, std::nullopt);
  EXPECT_EQ(facts.commit_limit_bytes, std::nullopt);
  EXPECT_EQ(facts.max_map_count, std::nullopt);
}

TEST_F(MachineFactsTest, WhatIsNoSuchThingIsNotKnown) {
  Write("/proc/cpuinfo", "flags\nflags without a colon\n");
  Write("/sys/kernel/mm/transparent_hugepage/enabled", "always ]madvise[\n");
  Write("/proc/sys/vm/overcommit_memory", "some\n");
  Write("/proc/meminfo", "CommitLimit: lots kB\nCommitted_AS:\n");
  const MachineFacts facts = ReadMachineFacts(root());
  EXPECT_THAT(facts.cpu_flags, IsEmpty());
  EXPECT_EQ(facts.huge_pages, std::nullopt);
  EXPECT_EQ(facts.overcommit, std::nullopt);
  EXPECT_EQ(facts.commit_limit_bytes, std::nullopt);
  EXPECT_EQ(facts.committed_bytes, std::nullopt);
}

}  // namespace
}  // namespace akin::client
