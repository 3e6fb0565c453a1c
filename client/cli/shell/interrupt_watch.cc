#include "client/cli/shell/interrupt_watch.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace akin::client {
namespace {

constexpr char kInterrupted = 'i';
constexpr char kOver = 'o';

// What the handler writes to; -1: nobody waits any more.
std::atomic<int> wake_up = -1;

void WriteByte(int file, char byte) {
  while (write(file, &byte, 1) < 0 && errno == EINTR) {
  }
}

extern "C" void OnInterrupt(int signal) {
  const int error = errno;
  const int file = wake_up.exchange(-1);
  if (file >= 0) {
    WriteByte(file, kInterrupted);
  } else {
    ::signal(signal, SIG_DFL);
    raise(signal);
  }
  errno = error;
}

}  // namespace

InterruptWatch::InterruptWatch(std::function<void()> on_interrupt) {
  int ends[2];
  // Without a pipe Ctrl-C ends the program, as it does elsewhere.
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  read_end_ = ends[0];
  write_end_ = ends[1];
  wake_up = write_end_;
  struct sigaction action = {};
  action.sa_handler = OnInterrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before_);
  waiter_ = std::thread([this, on_interrupt = std::move(on_interrupt)] {
    char byte = kOver;
    while (read(read_end_, &byte, 1) > 0) {
      if (byte == kOver) return;
      on_interrupt();
    }
  });
}

InterruptWatch::~InterruptWatch() {
  if (read_end_ < 0) return;
  sigaction(SIGINT, &before_, nullptr);
  wake_up = -1;
  WriteByte(write_end_, kOver);
  waiter_.join();
  close(read_end_);
  close(write_end_);
}

}  // namespace akin::client
