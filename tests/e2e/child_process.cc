#include "tests/e2e/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "absl/time/clock.h"

namespace akin {
namespace {

struct PipeEnds {
  int read = -1;
  int write = -1;
};

PipeEnds OpenPipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  return {ends[0], ends[1]};
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program,
                           const std::vector<std::string>& arguments) {
  const PipeEnds out = OpenPipe();
  const PipeEnds err = OpenPipe();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out.write, STDOUT_FILENO);
    dup2(err.write, STDERR_FILENO);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  close(out.write);
  close(err.write);
  output_.descriptor = out.read;
  errors_.descriptor = err.read;
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  for (Pipe* pipe : {&output_, &errors_}) {
    if (pipe->descriptor >= 0) close(pipe->descriptor);
  }
}

bool ChildProcess::ReadSome(absl::Duration timeout) {
  pollfd polled[2] = {{output_.descriptor, POLLIN, 0},
                      {errors_.descriptor, POLLIN, 0}};
  if (output_.descriptor < 0 && errors_.descriptor < 0) return false;
  poll(polled, 2, static_cast<int>(absl::ToInt64Milliseconds(timeout)));
  Pipe* const pipes[2] = {&output_, &errors_};
  for (int i = 0; i < 2; ++i) {
    if ((polled[i].revents & (POLLIN | POLLHUP)) == 0) continue;
    char buffer[4096];
    const ssize_t bytes = read(pipes[i]->descriptor, buffer, sizeof(buffer));
    if (bytes > 0) {
      pipes[i]->text.append(buffer, static_cast<size_t>(bytes));
    } else if (bytes == 0 || errno != EINTR) {
      close(pipes[i]->descriptor);
      pipes[i]->descriptor = -1;
    }
  }
  return true;
}

bool ChildProcess::WaitFor(const std::string& text, Pipe* pipe,
                           absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (pipe->text.find(text) == std::string::npos) {
    const absl::Duration left = deadline - absl::Now();
    if (pipe->descriptor < 0 || left <= absl::ZeroDuration()) return false;
    ReadSome(left);
  }
  return true;
}

bool ChildProcess::WaitForOutput(const std::string& text,
                                 absl::Duration timeout) {
  return WaitFor(text, &output_, timeout);
}

bool ChildProcess::WaitForError(const std::string& text,
                                absl::Duration timeout) {
  return WaitFor(text, &errors_, timeout);
}

void ChildProcess::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);  // -1 would be every process
}

int ChildProcess::Wait(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (ReadSome(absl::Milliseconds(50))) {
    if (absl::Now() > deadline) return -1;
  }
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, 0) != pid_) return -1;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace akin
