#include "tests/bench/serve/watched_server.h"

#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace akin::bench {
namespace {

namespace fs = std::filesystem;

size_t CountEntries(const std::string& folder) {
  std::error_code error;
  size_t count = 0;
  for (auto it = fs::directory_iterator(folder, error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    ++count;
  }
  return count;
}

int Processors() { return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)); }

// One, or all of them.
cpu_set_t SetOf(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < Processors(); ++i) {
    if (i == processor || processor == kAllProcessors) CPU_SET(i, &set);
  }
  return set;
}

}  // namespace

void PinThread(int processor) {
  if (Processors() < 2) return;
  const cpu_set_t set = SetOf(processor);
  sched_setaffinity(0, sizeof(set), &set);
}

void PinThisProcess(int processor) {
  if (Processors() < 2) return;
  const cpu_set_t set = SetOf(processor);
  std::error_code error;
  for (const auto& task : fs::directory_iterator("/proc/self/task", error)) {
    sched_setaffinity(std::atoi(task.path().filename().c_str()), sizeof(set),
                      &set);
  }
}

absl::StatusOr<WatchedServer> WatchedServer::Start(
    const std::vector<std::string>& arguments) {
  // A child has the processors that its parent's thread has.
  PinThread(kServerProcessor);
  auto child = ServerChild::Start(arguments);
  PinThread(kGeneratorProcessor);
  if (!child.ok()) return child.status();
  return WatchedServer(*std::move(child));
}

std::string WatchedServer::Proc(const std::string& file) const {
  return absl::StrCat("/proc/", child_->pid(), "/", file);
}

double WatchedServer::CpuSeconds() const {
  // In ns, where utime and stime have hundredths of a second.
  uint64_t sum = 0;
  std::error_code error;
  for (const auto& task : fs::directory_iterator(Proc("task"), error)) {
    uint64_t ns = 0;
    std::ifstream(task.path() / "schedstat") >> ns;
    sum += ns;
  }
  return static_cast<double>(sum) * 1e-9;
}

uint64_t WatchedServer::ResidentBytes() const {
  uint64_t total = 0;
  uint64_t resident = 0;
  std::ifstream(Proc("statm")) >> total >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

uint64_t WatchedServer::PeakResidentBytes() const {
  std::ifstream status(Proc("status"));
  std::string word;
  while (status >> word) {
    uint64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

absl::Status WatchedServer::ForgetPeak() const {
  std::ofstream file(Proc("clear_refs"));
  file << "5" << std::flush;
  if (file) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(Proc("clear_refs"), " cannot be written"));
}

size_t WatchedServer::OpenFiles() const { return CountEntries(Proc("fd")); }

size_t WatchedServer::Threads() const { return CountEntries(Proc("task")); }

}  // namespace akin::bench
