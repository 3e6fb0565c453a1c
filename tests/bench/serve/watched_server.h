// An akin-server as a child, on a processor of its own, watched from outside.

#ifndef AKIN_TESTS_BENCH_SERVE_WATCHED_SERVER_H_
#define AKIN_TESTS_BENCH_SERVE_WATCHED_SERVER_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/server_child.h"

namespace akin::bench {

// Keeps all threads of `pid`, and those they will start, on one processor. Does
// nothing on a machine that has only one.
void PinProcess(pid_t pid, int processor);

class WatchedServer {
 public:
  static constexpr int kProcessor = 0;

  // Loads with all processors, and is pinned to kProcessor then.
  static absl::StatusOr<WatchedServer> Start(
      const std::vector<std::string>& arguments);

  const std::string& address() const { return child_->address(); }

  // What all its threads have used so far.
  double CpuSeconds() const;
  uint64_t ResidentBytes() const;
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
