// What this machine says about itself.
#ifndef AKIN_CLIENT_CLI_DOCTOR_MACHINE_FACTS_H_
#define AKIN_CLIENT_CLI_DOCTOR_MACHINE_FACTS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace akin::client {

// An absent fact is not known, here or on any such machine.
struct MachineFacts {
  std::set<std::string> cpu_flags;  // as Linux names them: "avx2"; empty: n.k.
  std::optional<std::string> huge_pages;    // "always", "madvise" or "never"
  std::optional<std::string> clock_source;  // "tsc", ...
  std::set<std::string> governors;          // of all processors: "powersave"
  std::optional<uint64_t> overcommit;       // vm.overcommit_memory
  std::optional<uint64_t> commit_limit_bytes;
  std::optional<uint64_t> committed_bytes;
  std::optional<uint64_t> max_map_count;  // vm.max_map_count
};

// Reads /proc and /sys below `root`, which is "" but in tests. What cannot be
// read is not known.
MachineFacts ReadMachineFacts(const std::string& root = "");

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_MACHINE_FACTS_H_
