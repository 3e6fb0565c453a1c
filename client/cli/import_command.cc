#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands.h"
#include "client/cli/import_args.h"
#include "client/cli/progress_line.h"
#include "client/cli/render_catalog.h"
#include "client/cli/text_width.h"
#include "client/cli/wait_for_version.h"
#include "client/cli/wording.h"
#include "client/cpp/import.h"

namespace akin::client {
namespace {

constexpr uint64_t kBarCells = 30;

// "[#####.........]  33%", or "" if nobody knows.
std::string Bar(uint64_t done, uint64_t total) {
  if (total == 0) return "";
  done = std::min(done, total);
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const auto cells = static_cast<size_t>(share * kBarCells);
  return absl::StrFormat("[%s%s] %3d%%", std::string(cells, '#'),
                         std::string(kBarCells - cells, '.'),
                         static_cast<int>(share * 100));
}

std::string TextOf(const ImportState& state) {
  if (state.build == nullptr) {
    return absl::StrCat("sending ", Bar(state.bytes_kept, state.bytes), " ",
                        MebiBytes(state.bytes_kept), " of ",
                        MebiBytes(state.bytes));
  }
  return absl::StrCat(state.build->table().empty()
                          ? ""
                          : absl::StrCat(Printable(state.build->table()), ": "),
                      Printable(state.build->stage()), " ",
                      Bar(state.build->done(), state.build->total()));
}

absl::StatusOr<v1::ImportDone> Import(const Client& client,
                                      const ImportArgs& args,
                                      const Terminal& terminal) {
  ProgressLine line(terminal.progress);
  ImportOptions options;
  options.progress = [&line](const ImportState& state) {
    line.Show(TextOf(state));
  };
  return ImportVersion(client, args.begin, args.files, options);
}

// "version 2 of model m, 1 table: available", and rows that were left out.
void PrintImported(const Terminal& terminal, const v1::ImportDone& done,
                   size_t tables, const v1::ModelVersion& version) {
  std::string text =
      absl::StrCat("version ", done.version(), " of model ", done.model(), ", ",
                   Plural(tables, "table"), ": ", WordFor(version.state()),
                   version.labels().empty() ? "" : ", labelled ",
                   absl::StrJoin(version.labels(), ", "));
  if (version.state() == v1::VERSION_STATE_SEALED) {
    absl::StrAppend(&text,
                    "; the server does not load it by itself: akin load ",
                    done.model(), " --version ", done.version());
  }
  terminal.out << Printable(text) << '\n';
  for (const v1::Table& table : version.tables()) {
    if (table.load_report().skipped().empty()) continue;
    terminal.out << Printable(absl::StrCat(table.name(),
                                           ": bad rows left out: ",
                                           SkippedText(table.load_report())))
                 << '\n';
  }
}

absl::Status ShowUntilLoaded(const Client& client, const v1::ImportDone& done,
                             size_t tables, const Session& session) {
  const auto version = WaitUntilTaken(client, done.model(), done.version(),
                                      session.timeout(), session.terminal());
  if (!version.ok()) return version.status();
  if (!session.json()) {
    PrintImported(session.terminal(), done, tables, *version);
  }
  if (version->state() != v1::VERSION_STATE_FAILED) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "version ", done.version(), " of model ", done.model(),
      " is in the repository, but cannot be loaded: ", version->failure()));
}

absl::Status RunImport(const ImportFlags& flags, const Session& session) {
  const absl::StatusOr<ImportArgs> args = ReadImportArgs(flags);
  if (!args.ok()) return args.status();
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto done = Import(**client, *args, session.terminal());
  if (!done.ok()) return done.status();
  if (session.json()) {
    absl::Status printed = session.PrintJson(*done);
    if (!printed.ok()) return printed;
  }
  const size_t tables = args->files.size();
  if (!flags.no_wait) return ShowUntilLoaded(**client, *done, tables, session);
  if (session.json()) return absl::OkStatus();
  session.terminal().out << "version " << done->version() << " of model "
                         << Printable(done->model()) << ", "
                         << Plural(tables, "table")
                         << ", is in the repository\n";
  return absl::OkStatus();
}

}  // namespace

void AddImportCommand(CLI::App& program, SessionFlags* flags, Action* action) {
  // Not "import": clang-format takes that for a module's.
  CLI::App* command = program.add_subcommand(
      "import", "send trained files to the server, as a new version");
  auto import_flags = std::make_shared<ImportFlags>();
  AddImportFlags(*command, import_flags.get());
  AddSessionFlags(*command, flags);
  command->footer(
      "A table is NAME=FILE, and behind it, each with a comma before it:\n"
      "  ids=FILE              one id a line, for files without ids\n"
      "  tensor=NAME           which array of a safetensors, npz or HDF5 file\n"
      "  format=F              fvecs, bvecs, fbin, u8bin or i8bin, if need be\n"
      "  metric=M              cosine (default), dot or l2\n"
      "  index=I               auto (default), exact or graph\n"
      "  profile=P             auto (default), fast or compact\n"
      "  attributes=FILE       JSON lines or CSV, to filter and group by\n"
      "  attribute_types=T     as added:timestamp,genre:keyword_list\n"
      "All tables become visible together.\n"
      "\nA lost connection is set up again for about 90 s. After that, or when "
      "akin\n"
      "was ended, the same command goes on where it was; the server keeps the\n"
      "files for a day. Nothing limits how long sending and building may "
      "take:\n"
      "--timeout is for connecting, and for the server to begin loading.\n"
      "\nThen akin waits until the version is loaded, if the server loads it "
      "by\n"
      "itself (--follow latest). Exit code: 0 it is available, or sealed and "
      "not\n"
      "loaded by itself, or --no-wait; 1 the files were refused, or it cannot "
      "be\n"
      "loaded; 2 bad usage, or a file that cannot be read; 3 no server.\n"
      "\nExamples:\n"
      "  akin import glove --table words=glove.6B.100d.txt\n"
      "  akin import movies --table users=u.npy,ids=u.txt,metric=dot \\\n"
      "                     --table items=items.vec,metric=dot\n"
      "  akin import films --table \\\n"
      "    "
      "items=model.safetensors,tensor=emb,ids=ids.txt,attributes=a.jsonl\n"
      "  akin import glove --table words=new.txt --golden queries.jsonl \\\n"
      "    && akin promote glove --min-overlap 0.5");
  command->callback([=] {
    *action = [import_flags](const Session& session) {
      return RunImport(*import_flags, session);
    };
  });
}

}  // namespace akin::client
