// The lines of `akin shell`.
#ifndef AKIN_CLIENT_CLI_SHELL_SHELL_H_
#define AKIN_CLIENT_CLI_SHELL_SHELL_H_

#include <functional>
#include <string>
#include <vector>

#include "client/cli/failure.h"
#include "client/cli/session.h"
#include "client/cli/shell/command_shape.h"
#include "client/cli/shell/line_reader.h"
#include "client/cli/shell_line.h"

namespace akin::client {

// Runs akin's commands, on one connection, and the shell's own: use, help and
// exit. Not thread-safe.
class Shell {
 public:
  // `session` has to outlive the shell; `flags` are the lines' as long as they
  // have none of their own. `typed`: by a person, who may interrupt a command.
  Shell(const Session& session, SessionFlags flags,
        std::vector<CommandShape> commands, bool typed);

  // Until `exit` or the end of the lines; a line that fails does not end it.
  // How the last line that ran has ended.
  ExitCode Run(LineReader& reader);

  // What Tab shows.
  Completion Complete(absl::string_view line, size_t cursor);

 private:
  ExitCode RunLine(const std::string& line);
  ExitCode RunWords(std::vector<std::string> words);
  ExitCode RunCommand(const std::vector<std::string>& words);
  // `run` with what it is to call with; a person may interrupt it.
  ExitCode RunInterruptibly(
      const std::function<ExitCode(const ShellLine&)>& run);
  ExitCode Use(const std::vector<std::string>& words);
  ExitCode Help(const std::vector<std::string>& words);
  // OK if the server has the table, or cannot say before a version is loaded.
  absl::Status CheckTable(const std::string& target, const ShellLine& line);
  ExitCode Report(const absl::Status& status);
  std::string Prompt() const;
  std::vector<std::string> CommandNames() const;

  const Session& session_;
  const SessionFlags flags_;
  const std::vector<CommandShape> commands_;  // the shell's own last
  const bool typed_;
  SharedConnection connection_;
  std::string target_;  // MODEL/TABLE; empty: none is in use
  bool done_ = false;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SHELL_SHELL_H_
