#include "index/tool/build_command.h"

#include <signal.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "index/base/worker_pool.h"
#include "index/formats/stored_file.h"
#include "index/tool/build_report.h"
#include "index/tool/load_progress.h"
#include "index/version/repository.h"

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

void Say(const std::string& line) { absl::FPrintF(stderr, "%s\n", line); }

absl::StatusOr<std::string> ReadGoldenFile(const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(const auto file, StoredFile::Open(path));
  std::string text;
  std::vector<char> buffer(size_t{1} << 16);
  // One byte too many is for the parser to refuse.
  while (text.size() <= kMaxGoldenBytes) {
    AKIN_ASSIGN_OR_RETURN(const size_t got,
                          file->Read(buffer.data(), buffer.size()));
    if (got == 0) break;
    text.append(buffer.data(), got);
  }
  return text;
}

uint64_t BytesOf(const Manifest& manifest) {
  uint64_t bytes = 0;
  for (const TableManifest& table : manifest.tables) bytes += table.file_bytes;
  return bytes;
}

}  // namespace

absl::Status Build(BuildCommand command) {
  CatchSignals();
  VersionSpec& spec = command.version;
  if (!command.golden_file.empty()) {
    AKIN_ASSIGN_OR_RETURN(spec.golden_queries,
                          ReadGoldenFile(command.golden_file));
    spec.golden_path = command.golden_file;
  }
  WorkerPool pool(command.threads);
  // A bar must not stay behind when the load ends.
  auto printer = std::make_unique<LoadProgressPrinter>(spec.model, &Say);
  BuildReport report;
  BuildHooks hooks;
  hooks.step = [&](BuildStep step, int64_t version) {
    report.Step(step);
    if (step == BuildStep::kSealing) {
      Say(absl::StrCat(spec.model, ": sealing version ", version));
    }
  };
  hooks.progress = [&](const LoadProgress& progress) {
    report.Progress(progress);
    printer->Show(progress);
    return true;
  };
  hooks.loaded = [&](const Version& version) {
    printer->Done(version);
    report.Loaded(version);
  };
  hooks.cancelled = [] { return interrupted.load(); };
  const auto manifest = BuildVersion(spec, &pool, hooks);
  printer = nullptr;
  AKIN_RETURN_IF_ERROR(manifest.status());
  absl::PrintF("%s: version %d of model %s, %d tables, %.1f MiB\n",
               VersionFolder(spec.repository, spec.model, manifest->version),
               manifest->version, spec.model, manifest->tables.size(),
               static_cast<double>(BytesOf(*manifest)) / (1 << 20));
  for (const std::string& line : report.Lines()) {
    Say(absl::StrCat(spec.model, ": ", line));
  }
  return absl::OkStatus();
}

}  // namespace akin
