#include <fcntl.h>
#include <langinfo.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>

#include "client/cli/failure.h"
#include "client/cli/run_cli.h"

namespace {

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && value[0] != '\0';
}

bool IsDumb() {
  const char* terminal = std::getenv("TERM");
  return terminal == nullptr || std::strcmp(terminal, "dumb") == 0;
}

// Keeps a connection from getting the number of a closed stdout or stderr.
void OpenClosedStreams() {
  int file = open("/dev/null", O_RDWR);
  while (file >= 0 && file <= STDERR_FILENO) file = dup(file);
  if (file >= 0) close(file);
}

// 0, or errno.
int WriteToStdout(const std::string& text) {
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count =
        write(STDOUT_FILENO, text.data() + written, text.size() - written);
    if (count < 0 && errno != EINTR) return errno;
    if (count > 0) written += static_cast<size_t>(count);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  OpenClosedStreams();
  // A reader such as `head` that has enough is not a failure.
  std::signal(SIGPIPE, SIG_IGN);
  std::setlocale(LC_CTYPE, "");
  // What gRPC logs is in the error's sentence too. 0: unless somebody asks.
  setenv("GRPC_VERBOSITY", "NONE", 0);

  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const bool utf8 = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  // The reason for a failure follows what was answered nevertheless.
  std::ostringstream out;
  std::ostringstream err;
  int error = 0;
  const auto flush = [&] {
    const int failed = WriteToStdout(out.str());
    if (failed != 0) error = failed;
    std::cerr << err.str();
    out.str("");
    err.str("");
    return error == 0;
  };
  const int code = akin::client::RunCli(
      argc, argv,
      {.out = out,
       .err = err,
       .interactive = terminal,
       .colour = terminal && !IsSet("NO_COLOR") && !IsDumb(),
       .blocks = terminal && utf8,
       .progress =
           isatty(STDERR_FILENO) == 1 && !IsDumb() ? &std::cerr : nullptr,
       .flush = flush});
  flush();
  if (error != 0 && error != EPIPE) {
    std::cerr << "akin: the answer cannot be written: " << std::strerror(error)
              << '\n';
    return akin::client::kExitRefused;
  }
  return code;
}
