#include "index/tool/build_command.h"

#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/status_macros.h"
#include "index/tool/load_progress.h"
#include "index/tool/sha256.h"
#include "index/version/repository.h"
#include "index/version/sealed_version.h"

namespace akin {
namespace {

std::atomic<bool> interrupted{false};

// Asks for an orderly end; a second one does not wait for it.
void OnSignal(int number) {
  interrupted = true;
  signal(number, SIG_DFL);
}

void CatchSignals() {
  struct sigaction action = {};
  action.sa_handler = &OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

absl::Status CheckInterrupted() {
  return interrupted ? absl::CancelledError("the build was interrupted")
                     : absl::OkStatus();
}

void Say(const std::string& line) { absl::FPrintF(stderr, "%s\n", line); }

// A trained file, and what tells whether it has changed.
std::string StampOf(const std::string& path) {
  struct stat facts = {};
  if (stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return "";
  return absl::StrCat(facts.st_ino, " ", facts.st_size, " ",
                      facts.st_mtim.tv_sec, " ", facts.st_mtim.tv_nsec);
}

std::vector<std::string> StampsOf(const BuildCommand& command) {
  std::vector<std::string> stamps;
  for (const TableSpec& table : command.tables) {
    stamps.push_back(StampOf(table.source.path));
    stamps.push_back(StampOf(table.source.ids_path));
  }
  return stamps;
}

absl::StatusOr<SealFacts> FactsOf(const BuildCommand& command) {
  SealFacts facts;
  facts.created_unix_seconds = absl::ToUnixSeconds(absl::Now());
  facts.training_run = command.training_run;
  facts.metadata = command.metadata;
  for (const TableSpec& table : command.tables) {
    for (const std::string& path : {table.source.path, table.source.ids_path}) {
      if (path.empty()) continue;
      AKIN_RETURN_IF_ERROR(CheckInterrupted());
      AKIN_ASSIGN_OR_RETURN(facts.sources[table.name].emplace_back(),
                            DescribeSource(path));
    }
  }
  return facts;
}

absl::StatusOr<std::shared_ptr<const Version>> Load(const BuildCommand& command,
                                                    int64_t number,
                                                    WorkerPool* pool) {
  LoadProgressPrinter printer(command.model, &Say);
  LoadOptions options;
  options.pool = pool;
  options.progress = [&](const LoadProgress& progress) {
    printer.Show(progress);
    return !interrupted;
  };
  AKIN_ASSIGN_OR_RETURN(auto version, LoadVersion(command.model, number,
                                                  command.tables, options));
  printer.Done(*version);
  return version;
}

uint64_t BytesOf(const Manifest& manifest) {
  uint64_t bytes = 0;
  for (const TableManifest& table : manifest.tables) bytes += table.file_bytes;
  return bytes;
}

}  // namespace

absl::Status Build(const BuildCommand& command) {
  CatchSignals();
  WorkerPool pool(command.threads);
  // Before they are read for hours: what is not there, and what they are.
  const std::vector<std::string> stamps = StampsOf(command);
  AKIN_ASSIGN_OR_RETURN(const SealFacts facts, FactsOf(command));
  AKIN_ASSIGN_OR_RETURN(
      const auto build,
      VersionBuild::Begin(command.repository, command.model, command.version));
  Manifest manifest;
  {
    AKIN_ASSIGN_OR_RETURN(const auto version,
                          Load(command, build->version(), &pool));
    if (StampsOf(command) != stamps) {
      return absl::AbortedError(
          "a trained file has changed while it was read; nothing was sealed");
    }
    Say(absl::StrCat(command.model, ": sealing version ", build->version()));
    AKIN_ASSIGN_OR_RETURN(manifest,
                          SealVersion(*version, facts, build->folder()));
  }
  // What a server will read is read once before any server sees it, and the
  // memory of what was built is free again.
  AKIN_RETURN_IF_ERROR(VerifyVersion(build->folder(), &pool).status());
  AKIN_RETURN_IF_ERROR(CheckInterrupted());
  AKIN_RETURN_IF_ERROR(build->Publish());
  absl::PrintF(
      "%s: version %d of model %s, %d tables, %.1f MiB\n",
      VersionFolder(command.repository, command.model, build->version()),
      build->version(), command.model, manifest.tables.size(),
      static_cast<double>(BytesOf(manifest)) / (1 << 20));
  return absl::OkStatus();
}

}  // namespace akin
