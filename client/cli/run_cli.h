// The program `akin` but for its process.
#ifndef AKIN_CLIENT_CLI_RUN_CLI_H_
#define AKIN_CLIENT_CLI_RUN_CLI_H_

#include <string>
#include <vector>

#include "client/cli/shell_line.h"
#include "client/cli/terminal.h"

namespace akin::client {

// Runs one command. The answer goes to terminal.out, everything else to
// terminal.err. Returns the exit code: 0 = answered, 1 = the server said no,
// 2 = bad usage, 3 = no server. Reads AKIN_SERVER from the environment.
int RunCli(int argc, const char* const* argv, const Terminal& terminal);

// The same for the words of a shell's line, without the program's name.
int RunShellLine(const std::vector<std::string>& words,
                 const Terminal& terminal, const ShellLine& line);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RUN_CLI_H_
