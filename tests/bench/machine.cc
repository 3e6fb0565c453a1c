#include "tests/bench/machine.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "index/kernels/distances.h"

namespace akin::bench {
namespace {

// What stands behind the colon of the first line of `file` that begins with
// `field`.
std::string FieldOf(const char* file, absl::string_view field) {
  std::ifstream lines(file);
  std::string line;
  while (std::getline(lines, line)) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || !absl::StartsWith(line, field)) continue;
    return std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return "";
}

}  // namespace

Machine ThisMachine() {
  Machine machine;
  machine.cpu = FieldOf("/proc/cpuinfo", "model name");
  machine.cores = std::thread::hardware_concurrency();
  machine.target = ActiveKernels().target;
  if (getloadavg(&machine.load_average, 1) != 1) machine.load_average = -1;
  return machine;
}

std::string Describe(const Machine& machine) {
  return absl::StrFormat("%s%s%d cores, %s in use, load average %.2f",
                         machine.cpu, machine.cpu.empty() ? "" : ", ",
                         machine.cores, machine.target, machine.load_average);
}

uint64_t MemoryOfThisProcess(absl::string_view field) {
  const std::string text = FieldOf("/proc/self/status", field);
  uint64_t kilobytes = 0;
  if (!absl::SimpleAtoi(absl::StripSuffix(text, " kB"), &kilobytes)) return 0;
  return kilobytes << 10;
}

void WarmMemory(uint64_t bytes) {
  void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (block == MAP_FAILED) return;
  madvise(block, bytes, MADV_HUGEPAGE);
  std::memset(block, 1, bytes);
  munmap(block, bytes);
}

std::string ProgramFolder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

}  // namespace akin::bench
