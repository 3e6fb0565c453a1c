#include "client/cli/doctor/machine_checks.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

// Highway's names of what is slower than AVX2 on a machine that has it.
bool IsBelowAvx2(absl::string_view target) {
  return absl::StartsWith(target, "SSE") || absl::StartsWith(target, "SSSE") ||
         target == "EMU128" || target == "SCALAR";
}

}  // namespace

void CheckProcessor(const MachineFacts& machine,
                    const v1::GetServerInfoResponse* info, Findings* findings) {
  constexpr char kCheck[] = "processor";
  const std::string target = info == nullptr ? "" : info->cpu_target();
  const std::string uses =
      target.empty() ? "" : absl::StrCat("; the server uses ", target);
  if (machine.cpu_flags.empty()) {
    // Not an x86 processor, or no Linux.
    if (!target.empty())
      Ok(kCheck, absl::StrCat("the server uses ", target), findings);
    return;
  }
  if (machine.cpu_flags.count("avx2") == 0 ||
      machine.cpu_flags.count("fma") == 0) {
    return Warn(kCheck, absl::StrCat("has no AVX2 with FMA", uses),
                "searches take several times as long as with it: use a "
                "processor that has it, or a virtual machine of type \"host\"",
                findings);
  }
  if (IsBelowAvx2(target)) {
    return Warn(kCheck, absl::StrCat("has AVX2 and FMA", uses),
                "build the server with a compiler that knows AVX2 (g++ 12), "
                "and run it without an emulator",
                findings);
  }
  Ok(kCheck, absl::StrCat("has AVX2 and FMA", uses), findings);
}

void CheckHugePages(const MachineFacts& machine, Findings* findings) {
  constexpr char kCheck[] = "huge pages";
  if (!machine.huge_pages.has_value()) return;
  if (*machine.huge_pages == "never") {
    return Warn(kCheck, "transparent huge pages are off",
                "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, "
                "and restart the server: the vectors ask for them, and without "
                "them a search misses the TLB at every vector",
                findings);
  }
  Ok(kCheck, absl::StrCat("transparent huge pages: ", *machine.huge_pages),
     findings);
}

void CheckClockSource(const MachineFacts& machine, Findings* findings) {
  constexpr char kCheck[] = "clock source";
  if (!machine.clock_source.has_value()) return;
  const std::string& source = *machine.clock_source;
  if (source == "hpet" || source == "acpi_pm" || source == "jiffies") {
    return Warn(kCheck, absl::StrCat(source, " is slow to read"),
                "every call reads the clock several times: find out in the "
                "kernel's log why it does not use tsc",
                findings);
  }
  Ok(kCheck, source, findings);
}

void CheckGovernor(const MachineFacts& machine, Findings* findings) {
  constexpr char kCheck[] = "cpu governor";
  if (machine.governors.empty()) return;
  if (machine.governors.count("powersave") > 0) {
    return Warn(kCheck, "powersave",
                "cpupower frequency-set -g performance: else a call after a "
                "pause finds a slow processor",
                findings);
  }
  Ok(kCheck, absl::StrJoin(machine.governors, ", "), findings);
}

void CheckOvercommit(const MachineFacts& machine, Findings* findings) {
  constexpr char kCheck[] = "overcommit";
  if (!machine.overcommit.has_value()) return;
  if (*machine.overcommit != 2) {
    return Ok(kCheck,
              absl::StrCat("vm.overcommit_memory is ", *machine.overcommit),
              findings);
  }
  std::string left;
  if (machine.commit_limit_bytes && machine.committed_bytes) {
    left =
        absl::StrCat(", ", MebiBytes(*machine.committed_bytes), " of ",
                     MebiBytes(*machine.commit_limit_bytes), " are promised");
  }
  Warn(kCheck, absl::StrCat("vm.overcommit_memory is 2", left),
       "sysctl vm.overcommit_memory=0, or raise vm.overcommit_ratio: loading a "
       "version can fail although memory is free",
       findings);
}

void CheckMapCount(const MachineFacts& machine,
                   const v1::GetServerInfoResponse* info, Findings* findings) {
  constexpr char kCheck[] = "map count";
  constexpr uint64_t kLinuxDefault = 65'530;
  if (info == nullptr || !info->process().maps_files() ||
      !machine.max_map_count.has_value()) {
    return;
  }
  const std::string text =
      absl::StrCat("vm.max_map_count is ", *machine.max_map_count);
  if (*machine.max_map_count >= kLinuxDefault)
    return Ok(kCheck, text, findings);
  Warn(kCheck, absl::StrCat(text, ", and the server maps its files"),
       absl::StrCat("sysctl vm.max_map_count=", kLinuxDefault,
                    ": a table that cannot be mapped cannot be loaded"),
       findings);
}

void CheckMachine(const MachineFacts& machine,
                  const v1::GetServerInfoResponse* info, Findings* findings) {
  CheckProcessor(machine, info, findings);
  CheckHugePages(machine, findings);
  CheckClockSource(machine, findings);
  CheckGovernor(machine, findings);
  CheckOvercommit(machine, findings);
  CheckMapCount(machine, info, findings);
}

}  // namespace akin::client
