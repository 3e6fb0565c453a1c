// Starts a program, reads what it prints, and never leaves it behind.

#ifndef AKIN_TESTS_E2E_CHILD_PROCESS_H_
#define AKIN_TESTS_E2E_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace akin {

class ChildProcess {
 public:
  // Runs `program` (a path) with `arguments`. The child is killed when this
  // process dies, however it dies.
  ChildProcess(const std::string& program,
               const std::vector<std::string>& arguments);
  ~ChildProcess();  // kills and reaps
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Waits until stdout, or stderr, holds `text`; false when the child closes it
  // or `timeout` passes first.
  bool WaitForOutput(const std::string& text,
                     absl::Duration timeout = absl::Seconds(120));
  bool WaitForError(const std::string& text,
                    absl::Duration timeout = absl::Seconds(120));

  void Signal(int signal) const;

  pid_t pid() const { return pid_; }

  // Waits for the end and returns the exit code, or -1 when a signal ended it
  // or `timeout` passed.
  int Wait(absl::Duration timeout = absl::Seconds(120));

  // Everything printed so far; all of it after Wait.
  const std::string& output() const { return output_.text; }
  const std::string& errors() const { return errors_.text; }

 private:
  struct Pipe {
    int descriptor = -1;
    std::string text;
  };
  bool WaitFor(const std::string& text, Pipe* pipe, absl::Duration timeout);
  // Reads what has come; false once both pipes are closed.
  bool ReadSome(absl::Duration timeout);

  pid_t pid_ = -1;
  Pipe output_;
  Pipe errors_;
};

}  // namespace akin

#endif  // AKIN_TESTS_E2E_CHILD_PROCESS_H_
