// akin-build: seals trained files into a repository, and looks into sealed
// versions.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/processors.h"
#include "index/base/status_macros.h"
#include "index/tool/build_command.h"
#include "index/tool/inspect_command.h"
#include "index/tool/table_argument.h"

namespace akin {
namespace {

constexpr const char* kFooter = R"(Examples:
  akin-build --repository repo --model glove --table words=glove.6B.100d.txt
  akin-build --repository repo --model movies --metric dot \
             --table users=u.npy,ids=u.txt --table items=items.vec
  akin-build --repository repo --model glove --table words=glove.6B.100d.txt \
             --golden golden.jsonl
  akin-build --repository repo --model bert \
             --table tokens=model.safetensors,tensor=embeddings.word,ids=vocab.txt
  akin-build inspect repo/movies/3
  akin-build verify repo/movies/3
  akin-build version

Tables of one model share a vector space and become visible together, as one
version; one that fails or is interrupted leaves no version behind. A table's
file is followed by what it needs: ids=FILE, tensor=, format=, metric=, index=,
profile=, attributes=, attribute_types=.

Files are recognised by their content: word2vec text and binary, GloVe, fastText
.vec and .bin, JSONL ({"id": "a", "vector": [0.5, 1]} a line), CSV, TSV, npy,
npz, safetensors, fvecs, bvecs, fbin, and HDF5 if akin was built with it. All but
npz, HDF5 and fastText .bin may be compressed (gzip, zstd, xz, bzip2).
ids      an id a line, for formats that hold none; default: row numbers, or the
         array `ids` of an npz
tensor   the one with the vectors, of safetensors, npz and HDF5; default: the
         only 2-D one (`train` of HDF5)
format   fvecs, bvecs, fbin, u8bin or i8bin; needed for the last two, for
         compressed ones, and where the content fits several
attributes       a file of typed values by id, to filter and group by: JSON lines
                 or CSV
attribute_types  NAME:TYPE,... where the values do not say their type

Golden queries say what a version has to find; they are kept with it, and one
that fails any is neither published nor served. A JSON object a line:
  {"table": "words", "id": "king", "expect": ["queen"], "within": 10}
with "plus" and "minus" or "vector" in place of "id", and "query_table" where
the ids are of another table.

Exit code: 0 done, 1 failed (why is on stderr), 2 bad usage.)";

struct Flags {
  std::string repository;
  std::string model;
  std::vector<std::string> tables;
  std::string metric = "cosine";
  std::string index = "auto";
  std::string profile = "auto";
  std::string on_bad_row = "fail";
  std::string unicode_errors = "strict";
  int64_t version = 0;  // 0: the next
  std::string training_run;
  std::vector<std::string> metadata;
  std::string golden_file;
  size_t threads = Processors();
  std::string folder;  // of inspect and verify
  bool json = false;
};

// Empty, if it is one.
std::string WhyNoVersionNumber(std::string& text) {
  int64_t number = 0;
  if (absl::SimpleAtoi(text, &number) && number >= 1) return "";
  return absl::StrCat("expected a whole number of at least 1, got \"", text,
                      "\"");
}

void Define(CLI::App* app, Flags* flags) {
  app->footer(kFooter);
  app->add_option("--repository", flags->repository, "Folder of all versions");
  app->add_option("--model", flags->model, "Name of the model");
  app->add_option("--table", flags->tables,
                  "NAME=FILE[,ids=FILE][,tensor=NAME][,format=F][,metric=M]"
                  "[,index=I][,profile=P][,attributes=FILE]"
                  "[,attribute_types=NAME:TYPE,...]")
      ->delimiter('\0')
      ->expected(1)
      ->take_all();
  app->add_option("--metric", flags->metric,
                  "cosine, dot or l2, of tables that do not say")
      ->capture_default_str();
  app->add_option("--index", flags->index, "auto, exact or graph, likewise")
      ->capture_default_str();
  app->add_option("--profile", flags->profile,
                  "auto, fast or compact, likewise")
      ->capture_default_str();
  app->add_option("--on-bad-row", flags->on_bad_row, "fail or skip")
      ->capture_default_str();
  app->add_option("--unicode-errors", flags->unicode_errors,
                  "strict, replace or ignore")
      ->capture_default_str();
  app->add_option("--version", flags->version,
                  "Number of the version; without it the next one")
      ->check(CLI::Validator(&WhyNoVersionNumber, ""));
  app->add_option("--training-run", flags->training_run,
                  "What made the vectors; kept with the version");
  app->add_option("--meta", flags->metadata, "KEY=VALUE, kept with the version")
      ->delimiter('\0')
      ->expected(1)
      ->take_all();
  app->add_option("--golden", flags->golden_file,
                  "File of golden queries, which the version must answer");
  app->add_option("--threads", flags->threads, "Threads that build")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));

  CLI::App* inspect =
      app->add_subcommand("inspect", "Print what a version's manifest says");
  inspect->add_option("DIR", flags->folder, "Folder of a version")->required();
  inspect->add_flag("--json", flags->json, "As JSON");
  CLI::App* verify = app->add_subcommand(
      "verify", "Read every byte of a version, ask its golden queries");
  verify->add_option("DIR", flags->folder, "Folder of a version")->required();
  app->add_subcommand("version", "Print the version of akin-build");
  app->require_subcommand(0, 1);
}

absl::StatusOr<BuildCommand> CommandOf(const Flags& flags) {
  BuildCommand command;
  VersionSpec& version = command.version;
  if (flags.repository.empty() || flags.model.empty() || flags.tables.empty()) {
    return absl::InvalidArgumentError(
        "expected --repository, --model and at least one --table");
  }
  TableSpec defaults;
  AKIN_ASSIGN_OR_RETURN(defaults.read.table.metric, ParseMetric(flags.metric));
  AKIN_ASSIGN_OR_RETURN(defaults.index, ParseIndex(flags.index));
  AKIN_ASSIGN_OR_RETURN(defaults.profile, ParseProfile(flags.profile));
  AKIN_ASSIGN_OR_RETURN(defaults.read.on_bad_row,
                        ParseOnBadRow(flags.on_bad_row));
  AKIN_ASSIGN_OR_RETURN(defaults.read.table.utf8,
                        ParseUtf8Policy(flags.unicode_errors));
  for (const std::string& text : flags.tables) {
    AKIN_ASSIGN_OR_RETURN(version.tables.emplace_back(),
                          ParseTable("--table", text, defaults));
  }
  for (const std::string& text : flags.metadata) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("--meta \"", text, "\": expected KEY=VALUE"));
    }
    const std::string key = text.substr(0, equals);
    if (!version.metadata.emplace(key, text.substr(equals + 1)).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("--meta names ", key, " twice"));
    }
  }
  version.repository = flags.repository;
  version.model = flags.model;
  if (flags.version > 0) version.version = flags.version;
  version.training_run = flags.training_run;
  command.golden_file = flags.golden_file;
  command.threads = flags.threads;
  return command;
}

int BadUsage(absl::string_view why) {
  absl::FPrintF(stderr, "akin-build: %s\nSee akin-build --help.\n", why);
  return 2;
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return 0;
  absl::FPrintF(stderr, "akin-build: %s\n", status.message());
  return 1;
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app("Seals trained vectors into a repository.", "akin-build");
  Define(&app, &flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  } catch (const CLI::ParseError& error) {
    return BadUsage(error.what());
  }
  if (app.got_subcommand("version")) {
    std::puts("akin-build " AKIN_VERSION);
    return 0;
  }
  if (app.got_subcommand("inspect")) {
    return ExitCodeOf(Inspect(flags.folder, flags.json));
  }
  if (app.got_subcommand("verify")) {
    return ExitCodeOf(Verify(flags.folder, flags.threads));
  }
  const auto command = CommandOf(flags);
  if (!command.ok()) return BadUsage(command.status().message());
  return ExitCodeOf(Build(*command));
}

}  // namespace
}  // namespace akin

int main(int argc, char** argv) { return akin::Main(argc, argv); }
