// Where a benchmark runs, as its report says it.

#ifndef AKIN_TESTS_BENCH_MACHINE_H_
#define AKIN_TESTS_BENCH_MACHINE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace akin::bench {

struct Machine {
  std::string cpu;          // the model's name, or "" where the kernel has none
  unsigned cores = 0;       // that this process may use
  std::string target;       // the SIMD instruction set akin's kernels use
  double load_average = 0;  // of the last minute, before the benchmark
};
Machine ThisMachine();

// "AMD EPYC, 2 cores, AVX2 in use, load average 0.12".
std::string Describe(const Machine& machine);

// Bytes of a field of /proc/self/status that is in kB, such as "VmHWM" (the
// largest resident set so far) or "VmRSS"; 0 if there is none.
uint64_t MemoryOfThisProcess(absl::string_view field);

// Writes to `bytes` of memory and gives them back. The host of a virtual
// machine takes free memory away after a second or two, and who next asks for
// it waits for the host; after this, a child does not.
void WarmMemory(uint64_t bytes);

// The folder of the running program.
std::string ProgramFolder();

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_MACHINE_H_
