// Ctrl-C while a command of the shell runs.
#ifndef AKIN_CLIENT_CLI_SHELL_INTERRUPT_WATCH_H_
#define AKIN_CLIENT_CLI_SHELL_INTERRUPT_WATCH_H_

#include <signal.h>

#include <functional>
#include <thread>

namespace akin::client {

// While it lives, the first SIGINT calls `on_interrupt`, in a thread of its
// own, instead of ending the program. The second one ends it: what was
// interrupted does not listen. One at a time.
class InterruptWatch {
 public:
  explicit InterruptWatch(std::function<void()> on_interrupt);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  int read_end_ = -1;
  int write_end_ = -1;
  struct sigaction before_;
  std::thread waiter_;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_INTERRUPT_WATCH_H_
