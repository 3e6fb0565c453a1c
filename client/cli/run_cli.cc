#include "client/cli/run_cli.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/session.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

constexpr char kVersion[] = "akin " AKIN_VERSION;

constexpr char kExamples[] =
    "Exit code: 0 = answered, 1 = the server said no, 2 = bad usage,\n"
    "3 = no server.\n"
    "\nExamples:\n"
    "  akin models\n"
    "  akin search glove/words --id king -k 5\n"
    "  akin search movies/items --id users:u42\n"
    "  akin search glove/words --plus king --plus woman --minus man\n"
    "  akin get glove/words king --json\n"
    "\n`akin COMMAND --help` says more.";

// The command that was called, or null.
const CLI::App* CalledCommand(const CLI::App& program) {
  const auto called = program.get_subcommands();
  return called.empty() ? nullptr : called.front();
}

std::string HelpOf(const CLI::App& app) {
  // CLI11 leaves two blank lines between groups.
  return absl::StrReplaceAll(
      app.help(app.get_parent() == nullptr ? "" : "akin"),
      {{"\n\n\n", "\n\n"}});
}

int Refuse(const CLI::App& program, const Terminal& terminal,
           absl::string_view message) {
  const CLI::App* command = CalledCommand(program);
  terminal.err << "akin: " << Printable(message) << "\nSee akin "
               << (command == nullptr ? ""
                                      : absl::StrCat(command->get_name(), " "))
               << "--help.\n";
  return kExitUsage;
}

// CLI11 lists what it could not place, but not what would have fitted.
std::string UnexpectedText(const CLI::App& program) {
  const CLI::App* command = CalledCommand(program);
  if (command == nullptr) {
    std::vector<std::string> names;
    for (const CLI::App* known : program.get_subcommands(nullptr)) {
      names.push_back(known->get_name());
    }
    return absl::StrCat("expected a command (", absl::StrJoin(names, ", "),
                        "), got \"", program.remaining()[0], "\"");
  }
  std::vector<std::string> unexpected = command->remaining();
  if (unexpected.empty()) unexpected = program.remaining();
  std::string text =
      absl::StrCat("\"", absl::StrJoin(unexpected, " "),
                   "\" means nothing to akin ", command->get_name());
  if (command->get_name() == "search" && unexpected[0][0] != '-') {
    absl::StrAppend(&text, "; to search for a stored vector write --id");
  }
  return text;
}

// `line`: of a shell, or null.
int Run(int argc, const char* const* argv, const Terminal& terminal,
        const ShellLine* line) {
  CLI::App program("akin asks an akin server about the vectors it serves.",
                   "akin");
  SessionFlags flags = line == nullptr ? SessionFlags{} : line->flags;
  Action action;
  program.get_formatter()->column_width(34);
  program.get_formatter()->label("SUBCOMMAND", "COMMAND");
  program.set_help_flag("-h,--help", "print this help");
  program.set_version_flag("--version", kVersion, "print the version of akin");
  AddSessionFlags(program, &flags);
  AddSearchCommand(program, &flags, &action);
  AddAnalysisCommands(program, &flags, &action);
  AddGetCommand(program, &flags, &action);
  AddImportCommand(program, &flags, &action);
  AddCatalogCommands(program, &flags, &action);
  AddDoctorCommand(program, &flags, &action);
  AddVersionCommands(program, &flags, &action);
  AddLabelCommands(program, &flags, &action);
  AddCompareCommand(program, &flags, &action);
  AddRecallCommand(program, &flags, &action);
  AddSimilarityCommands(program, &flags, &action);
  AddRankCommands(program, &flags, &action);
  AddEvaluationCommands(program, &flags, &action);
  AddShellCommand(program, &flags, &action);
  for (CLI::App* command : program.get_subcommands(nullptr)) {
    command->group("Commands");
  }
  // One command: what follows it is never taken for another one.
  program.require_subcommand(0, 1);
  program.footer(kExamples);
  // Reported below, with what would have been right.
  program.allow_extras();

  try {
    program.parse(ShieldArguments(argc, argv));
  } catch (const CLI::CallForHelp&) {
    const CLI::App* command = CalledCommand(program);
    terminal.out << HelpOf(command == nullptr ? program : *command);
    return kExitAnswered;
  } catch (const CLI::CallForVersion&) {
    terminal.out << kVersion << '\n';
    return kExitAnswered;
  } catch (const CLI::ExtrasError&) {
    return Refuse(program, terminal, UnexpectedText(program));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string message = error.what();
    return Refuse(program, terminal,
                  absl::StrCat(message.substr(0, message.find(':')),
                               ": expected a value, got none"));
  } catch (const CLI::ParseError& error) {
    return Refuse(program, terminal, error.what());
  }
  if (!program.remaining().empty()) {
    return Refuse(program, terminal, UnexpectedText(program));
  }
  if (!action) {
    terminal.err << HelpOf(program);
    return kExitUsage;
  }

  const absl::StatusOr<Session> session = Session::Open(flags, terminal, line);
  if (!session.ok()) {
    return Refuse(program, terminal, session.status().message());
  }
  const absl::Status status = action(*session);
  const ExitCode code = ExitCodeOf(status);
  if (WasReported(status)) return code;
  if (code == kExitUsage) return Refuse(program, terminal, status.message());
  if (code != kExitAnswered) {
    terminal.err << "akin: "
                 << FailureText(status, session->server(), session->timeout())
                 << '\n';
  }
  return code;
}

}  // namespace

int RunCli(int argc, const char* const* argv, const Terminal& terminal) {
  return Run(argc, argv, terminal, nullptr);
}

int RunShellLine(const std::vector<std::string>& words,
                 const Terminal& terminal, const ShellLine& line) {
  std::vector<const char*> argv = {"akin"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return Run(static_cast<int>(argv.size()), argv.data(), terminal, &line);
}

}  // namespace akin::client
