// An akin-server as a child, on a processor of its own, watched from outside.

#ifndef AKIN_TESTS_BENCH_SERVE_WATCHED_SERVER_H_
#define AKIN_TESTS_BENCH_SERVE_WATCHED_SERVER_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/server_child.h"

namespace akin::bench {

inline constexpr int kServerProcessor = 0;
inline constexpr int kGeneratorProcessor = 1;
inline constexpr int kAllProcessors = -1;

// Keep this thread, or all threads of this process, and those they will start,
// on a processor. Do nothing on a machine that has only one.
void PinThread(int processor);
void PinThisProcess(int processor);

class WatchedServer {
 public:
  static constexpr int kProcessor = 0;

  // It has kProcessor alone, as a machine of one processor, so it loads with
  // one thread and searches with one.
  static absl::StatusOr<WatchedServer> Start(
      const std::vector<std::string>& arguments);

  const std::string& address() const { return child_->address(); }

  // What all its threads have used so far.
  double CpuSeconds() const;
  uint64_t ResidentBytes() const;
  // The most that was resident since ForgetPeak, or since it was started.
  uint64_t PeakResidentBytes() const;
  // INTERNAL: the kernel does not let us.
  absl::Status ForgetPeak() const;
  size_t OpenFiles() const;
  size_t Threads() const;

 private:
  explicit WatchedServer(std::unique_ptr<ServerChild> child)
      : child_(std::move(child)) {}

  std::string Proc(const std::string& file) const;

  std::unique_ptr<ServerChild> child_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVE_WATCHED_SERVER_H_
