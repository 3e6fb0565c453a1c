// The akin-server that is built beside akin-bench, as a child.

#ifndef AKIN_TESTS_BENCH_SERVER_CHILD_H_
#define AKIN_TESTS_BENCH_SERVER_CHILD_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/e2e/child_process.h"

namespace akin::bench {

// Gets SIGTERM when the object goes, and SIGKILL if that does not end it or
// this process dies first.
class ServerChild {
 public:
  // Starts it on a free port and waits until everything is loaded. `arguments`
  // lack --listen. UNAVAILABLE, with its last words: it did not get there.
  static absl::StatusOr<std::unique_ptr<ServerChild>> Start(
      std::vector<std::string> arguments);

  ~ServerChild();
  ServerChild(const ServerChild&) = delete;
  ServerChild& operator=(const ServerChild&) = delete;

  const std::string& address() const { return address_; }
  pid_t pid() const { return process_.pid(); }

  // What it has said on stderr up to now. Waits a moment (50 ms) if it says
  // nothing more.
  const std::string& ReadLog();

 private:
  explicit ServerChild(const std::vector<std::string>& arguments);

  ChildProcess process_;
  std::string address_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVER_CHILD_H_
