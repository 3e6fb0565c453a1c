#include "client/cli/shell/shell.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/cli/run_cli.h"
#include "client/cli/shell/interrupt_watch.h"
#include "client/cli/shell/near_names.h"
#include "client/cli/shell/server_names.h"
#include "client/cli/shell/split_words.h"
#include "client/cli/target.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

constexpr char kOwnHelp[] =
    "\nIn the shell:\n"
    "  use MODEL/TABLE   what the lines that name no table ask; use alone:\n"
    "                    none any more\n"
    "  help [COMMAND]    this, or what a command takes\n"
    "  exit              leave, as Ctrl-D does\n"
    "The word akin before a command may be left out. With a table in use\n"
    "another one stands right behind the command. An id that looks like\n"
    "MODEL/TABLE stands behind --: get -- ac/dc\n";

// Those of akin that make sense here, and the shell's own.
std::vector<CommandShape> WithOwn(std::vector<CommandShape> commands) {
  commands.erase(std::remove_if(commands.begin(), commands.end(),
                                [](const CommandShape& command) {
                                  return command.name == "shell";
                                }),
                 commands.end());
  commands.push_back({"use", {}, {"MODEL/TABLE"}, false});
  commands.push_back({"help", {}, {"COMMAND"}, false});
  commands.push_back({"exit", {}, {}, false});
  return commands;
}

}  // namespace

Shell::Shell(const Session& session, SessionFlags flags,
             std::vector<CommandShape> commands, bool typed)
    : session_(session),
      flags_(std::move(flags)),
      commands_(WithOwn(std::move(commands))),
      typed_(typed) {}

ExitCode Shell::Run(LineReader& reader) {
  ExitCode code = kExitAnswered;
  while (!done_) {
    const ReadLine line = reader.Read(Prompt());
    if (line.kind == ReadLine::kEnd) break;
    if (line.kind == ReadLine::kInterrupted) continue;
    const absl::string_view text = absl::StripAsciiWhitespace(line.text);
    if (text.empty() || text[0] == '#') continue;
    reader.Remember(std::string(text));
    const ExitCode ended = RunLine(line.text);
    if (!done_) code = ended;
    const auto& flush = session_.terminal().flush;
    if (flush && !flush()) break;
  }
  return code;
}

Completion Shell::Complete(absl::string_view line, size_t cursor) {
  const ServerNames names(session_.server(), connection_,
                          session_.credentials());
  CompletionSource source;
  source.commands = commands_;
  source.target = target_;
  source.models = [&names] { return names.Models(); };
  source.tables = [&names] { return names.Tables(); };
  source.ids = [&names](const std::string& target, const std::string& prefix) {
    return names.Ids(target, prefix);
  };
  return client::Complete(line, cursor, source);
}

ExitCode Shell::RunLine(const std::string& line) {
  absl::StatusOr<std::vector<std::string>> words = SplitWords(line);
  if (!words.ok()) return Report(words.status());
  if (!words->empty() && words->front() == "akin") words->erase(words->begin());
  if (words->empty()) return Help({"help"});
  return RunWords(*std::move(words));
}

ExitCode Shell::RunWords(std::vector<std::string> words) {
  const std::string name = words[0];
  if (name == "use") return Use(words);
  if (name == "help") return Help(words);
  if (name == "exit" || name == "quit") {
    if (words.size() > 1) {
      return Report(UsageError(absl::StrCat(
          "\"", words[1], "\" means nothing to ", name, ": it takes nothing")));
    }
    done_ = true;
    return kExitAnswered;
  }
  if (name != "shell" && name[0] != '-' &&
      FindCommand(commands_, name) == nullptr) {
    const auto near = NearNames(name, CommandNames());
    return Report(UsageError(absl::StrCat(
        "expected a command, got \"", name, "\"",
        near.empty()
            ? "; help lists them"
            : absl::StrCat("; did you mean: ", absl::StrJoin(near, ", ")))));
  }
  if (!target_.empty()) {
    words = WithTarget(commands_, std::move(words), target_);
  }
  return RunCommand(words);
}

ExitCode Shell::RunCommand(const std::vector<std::string>& words) {
  return RunInterruptibly([&](const ShellLine& line) {
    return static_cast<ExitCode>(
        RunShellLine(words, session_.terminal(), line));
  });
}

ExitCode Shell::RunInterruptibly(
    const std::function<ExitCode(const ShellLine&)>& run) {
  const ShellLine line{connection_, flags_, std::make_shared<Cancellation>()};
  std::optional<InterruptWatch> watch;
  if (typed_) watch.emplace([&line] { line.cancellation->Cancel(); });
  return run(line);
}

ExitCode Shell::Use(const std::vector<std::string>& words) {
  if (words.size() > 2) {
    return Report(UsageError(
        absl::StrCat("expected one MODEL/TABLE, got \"", words[2], "\" too")));
  }
  if (words.size() == 1) {
    target_.clear();
    return kExitAnswered;
  }
  return RunInterruptibly([&](const ShellLine& line) {
    const absl::Status known = CheckTable(words[1], line);
    if (known.ok()) target_ = words[1];
    return Report(known);
  });
}

absl::Status Shell::CheckTable(const std::string& text, const ShellLine& line) {
  TargetFlags typed;
  typed.table = text;
  const absl::StatusOr<Target> target = ReadTarget(typed);
  if (!target.ok()) return target.status();
  const absl::StatusOr<Session> session =
      Session::Open(flags_, session_.terminal(), &line);
  if (!session.ok()) return session.status();
  const auto client = session->Connect();
  if (!client.ok()) return client.status();
  v1::GetModelRequest request;
  request.set_model(target->model);
  const auto response = (*client)->GetModel(request);
  if (!response.ok()) return response.status();
  std::set<std::string> tables;  // of any version
  for (const v1::ModelVersion& version : response->model().versions()) {
    for (const v1::Table& table : version.tables()) tables.insert(table.name());
  }
  if (tables.empty() || tables.count(target->table) > 0) {
    return absl::OkStatus();
  }
  return absl::NotFoundError(absl::StrCat(
      "model ", target->model, " has the tables ", absl::StrJoin(tables, ", "),
      ", got \"", target->table, "\""));
}

ExitCode Shell::Help(const std::vector<std::string>& words) {
  if (words.size() > 1 && (words[1] == "use" || words[1] == "help" ||
                           words[1] == "exit" || words[1] == "quit")) {
    session_.terminal().out << absl::StripPrefix(kOwnHelp, "\n");
    return kExitAnswered;
  }
  if (words.size() > 1) {
    std::vector<std::string> asked(words.begin() + 1, words.end());
    asked.push_back("--help");
    return RunWords(std::move(asked));
  }
  const ExitCode code = RunCommand({"--help"});
  session_.terminal().out << kOwnHelp;
  return code;
}

ExitCode Shell::Report(const absl::Status& status) {
  if (!status.ok()) {
    session_.terminal().err
        << "akin: "
        << FailureText(status, session_.server(), session_.timeout()) << '\n';
  }
  return ExitCodeOf(status);
}

std::string Shell::Prompt() const {
  if (target_.empty()) return "akin> ";
  return absl::StrCat("akin ", Printable(target_), "> ");
}

std::vector<std::string> Shell::CommandNames() const {
  std::vector<std::string> names;
  for (const CommandShape& command : commands_) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  return names;
}

}  // namespace akin::client
