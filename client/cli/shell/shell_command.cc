#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/shell/command_shape.h"
#include "client/cli/shell/plain_line_reader.h"
#include "client/cli/shell/shell.h"
#ifdef AKIN_HAVE_LIBEDIT
#include "client/cli/shell/edit_line_reader.h"
#endif

namespace akin::client {
namespace {

// For a person at a terminal.
std::unique_ptr<LineReader> TerminalReader(Shell& shell) {
#ifdef AKIN_HAVE_LIBEDIT
  return std::make_unique<EditLineReader>(
      [&shell](absl::string_view line, size_t cursor) {
        return shell.Complete(line, cursor);
      },
      HistoryFile(HistoryPath()));
#else
  static_cast<void>(shell);
  std::cerr << "akin: built without libedit: no completion, no history\n";
  return std::make_unique<PlainLineReader>(stdin, &std::cout);
#endif
}

absl::Status RunShell(const SessionFlags& flags,
                      const std::vector<CommandShape>& commands,
                      const Session& session) {
  if (session.in_shell()) {
    return UsageError("expected a command that is not shell: this is one");
  }
  const bool typed =
      isatty(STDIN_FILENO) == 1 && session.terminal().interactive;
  Shell shell(session, flags, commands, typed);
  if (!typed) {
    PlainLineReader lines(stdin, nullptr);
    return ReportedError(shell.Run(lines));
  }
  const std::unique_ptr<LineReader> lines = TerminalReader(shell);
  return ReportedError(shell.Run(*lines));
}

}  // namespace

void AddShellCommand(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* shell = program.add_subcommand(
      "shell", "type commands, with completion and history");
  AddSessionFlags(*shell, flags);
  shell->footer(
      "Each line is a command of akin, and the words are quoted as in any "
      "shell;\n"
      "use MODEL/TABLE lets the lines after it do without one, help says "
      "more.\n"
      "Tab completes commands, flags, models, tables and ids; the up key and\n"
      "Ctrl-R find earlier lines, which are kept in\n"
      "${XDG_STATE_HOME:-~/.local/state}/akin/history. Ctrl-C ends the call "
      "that\n"
      "runs, Ctrl-D the shell.\n"
      "\nIf no terminal types, lines are read to the end, with nothing but "
      "their\n"
      "answers printed: one that fails does not end it, '#' begins a comment, "
      "and\n"
      "the exit code is that of the last line.\n"
      "\nExamples:\n"
      "  akin shell\n"
      "  printf 'use glove/words\\nsearch --id king\\n' | akin shell");
  shell->callback([=, &program] {
    *action = [flags, commands = ShapesOf(program)](const Session& session) {
      return RunShell(*flags, commands, session);
    };
  });
}

}  // namespace akin::client
