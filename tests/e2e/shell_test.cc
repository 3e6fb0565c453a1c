// `akin shell` as a person at a terminal has it.

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/time/clock.h"
#include "tests/e2e/fixture.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

// A shell on a terminal of its own, which is killed with the object.
class TypedShell {
 public:
  TypedShell(const std::string& server, const std::string& state) {
    const std::string program = AKIN_BIN_DIR "/akin";
    pid_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // libedit never frees its copies of the names of functions.
    setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
    setenv("TERM", "xterm", 1);
    setenv("XDG_STATE_HOME", state.c_str(), 1);
    setenv("HOME", state.c_str(), 1);  // nobody's ~/.editrc
    unsetenv("AKIN_SERVER");
    execl(program.c_str(), "akin", "--server", server.c_str(), "shell",
          nullptr);
    _exit(127);
  }
  ~TypedShell() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    if (terminal_ >= 0) close(terminal_);
  }
  TypedShell(const TypedShell&) = delete;
  TypedShell& operator=(const TypedShell&) = delete;

  void Type(const std::string& keys) {
    ASSERT_EQ(write(terminal_, keys.data(), keys.size()),
              static_cast<ssize_t>(keys.size()));
  }

  // Whether the line is read key by key; a prompt comes a moment before.
  bool WaitForKeys() {
    const absl::Time deadline = absl::Now() + absl::Seconds(120);
    while (absl::Now() < deadline) {
      termios mode = {};
      if (tcgetattr(terminal_, &mode) != 0) return false;
      if ((mode.c_lflag & (ISIG | ICANON)) == 0) return true;
      absl::SleepFor(absl::Milliseconds(1));
    }
    return false;
  }

  // Whether the terminal shows `text` behind what was waited for before.
  bool WaitFor(const std::string& text) {
    const absl::Time deadline = absl::Now() + absl::Seconds(120);
    while (absl::Now() < deadline) {
      const size_t found = shown_.find(text, waited_for_);
      if (found != shown_.npos) {
        waited_for_ = found + text.size();
        return true;
      }
      if (!ReadSome()) return false;
    }
    return false;
  }

  // The exit code, once the terminal is closed; -1: it does not end, or a
  // signal ended it.
  int Wait() {
    const absl::Time deadline = absl::Now() + absl::Seconds(120);
    while (ReadSome()) {
      if (absl::Now() > deadline) return -1;
    }
    int status = 0;
    if (waitpid(pid_, &status, 0) != pid_) return -1;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  const std::string& shown() const { return shown_; }

 private:
  bool ReadSome() {
    pollfd polled = {terminal_, POLLIN, 0};
    poll(&polled, 1, 1000);
    if (polled.revents == 0) return true;
    char buffer[4096];
    const ssize_t bytes = read(terminal_, buffer, sizeof(buffer));
    if (bytes <= 0) return false;  // EIO: nobody has the other end any more
    shown_.append(buffer, static_cast<size_t>(bytes));
    return true;
  }

  pid_t pid_ = -1;
  int terminal_ = -1;
  std::string shown_;
  size_t waited_for_ = 0;
};

TEST(TypedShell, TabCompletesAnId) {
  const TempDir dir;
  TestServer server(RoyalLoads(dir));
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty()) << server.process().errors();
  TypedShell shell(address, dir.Path("state"));
  ASSERT_TRUE(shell.WaitFor("akin>")) << shell.shown();
  shell.Type("use royal/words\r");
  ASSERT_TRUE(shell.WaitFor("akin royal/words>")) << shell.shown();
  if (shell.shown().find("built without libedit") != std::string::npos) {
    GTEST_SKIP() << "built without libedit";
  }

  ASSERT_TRUE(shell.WaitForKeys());
  shell.Type("search --id que\t");
  ASSERT_TRUE(shell.WaitFor("en")) << shell.shown();
  shell.Type("-k 1 --json\r");
  ASSERT_TRUE(shell.WaitFor("\"hits\"")) << shell.shown();
  ASSERT_TRUE(shell.WaitFor("akin royal/words>")) << shell.shown();

  // What is given up is not run, and the prompt is there again.
  ASSERT_TRUE(shell.WaitForKeys());
  shell.Type("nonsense\x03");
  ASSERT_TRUE(shell.WaitFor("^C")) << shell.shown();
  ASSERT_TRUE(shell.WaitFor("akin royal/words>")) << shell.shown();
  ASSERT_TRUE(shell.WaitForKeys());
  shell.Type("\x04");
  EXPECT_EQ(shell.Wait(), 0) << shell.shown();

  std::ifstream file(dir.Path("state/akin/history"));
  const std::string history{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(history, "use royal/words\nsearch --id queen -k 1 --json\n");
}

}  // namespace
}  // namespace akin
