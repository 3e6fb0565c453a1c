#include "tests/bench/versions/swap_repository.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/durable_file.h"
#include "index/base/status_macros.h"
#include "index/version/load_version.h"
#include "index/version/sealed_version.h"
#include "tests/bench/engine/clustered_vectors.h"
#include "tests/bench/scratch_file.h"
#include "tests/bench/serve/trained_file.h"
#include "tests/bench/versions/swap_answers.h"

namespace akin::bench {
namespace {

namespace fs = std::filesystem;

TableSpec Spec(const char* name, const ScratchFile& file, IndexChoice index) {
  TableSpec spec;
  spec.name = name;
  spec.source.path = file.path();
  spec.index = index;
  return spec;
}

absl::Status SealRun(const SwapSizes& sizes, const std::string& repository,
                     int run) {
  AKIN_ASSIGN_OR_RETURN(const auto build,
                        VersionBuild::Begin(repository, kSwapModel, run));
  ClusterShape shape;
  shape.dimension = sizes.dimension;
  const ClusteredVectors vectors(shape);
  AKIN_ASSIGN_OR_RETURN(const ScratchFile users,
                        WriteTrainedFile(
                            sizes.users, sizes.dimension,
                            [](uint32_t row) { return SwapUserId(row); },
                            [&](uint32_t row, absl::Span<float> vector) {
                              vectors.Write(PartnerOf(row, run, sizes.items),
                                            vector);
                            }));
  AKIN_ASSIGN_OR_RETURN(const ScratchFile items,
                        WriteTrainedFile(
                            sizes.items, sizes.dimension,
                            [&](uint32_t row) { return SwapItemId(row, run); },
                            [&](uint32_t row, absl::Span<float> vector) {
                              vectors.Write(row, vector);
                            }));
  WorkerPool pool(std::thread::hardware_concurrency());
  LoadOptions load;
  load.pool = &pool;
  AKIN_ASSIGN_OR_RETURN(
      const auto version,
      LoadVersion(kSwapModel, run,
                  {Spec(kSwapUsers, users, IndexChoice::kExact),
                   Spec(kSwapItems, items, IndexChoice::kGraph)},
                  load));
  AKIN_RETURN_IF_ERROR(SealVersion(*version, {}, build->folder()).status());
  return build->Publish();
}

absl::Status LinkOrCopy(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_hard_link(from, to, error);
  // Another file system.
  if (error) fs::copy_file(from, to, error);
  if (!error) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(to, ": ", error.message()));
}

}  // namespace

absl::StatusOr<ScratchFolder> ScratchFolder::Create() {
  std::error_code error;
  std::string path =
      (fs::temp_directory_path(error) / "akin-bench-XXXXXX").string();
  if (!error && mkdtemp(path.data()) != nullptr) {
    return ScratchFolder(std::move(path));
  }
  return absl::InternalError(absl::StrCat(path, ": cannot be made"));
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : path_(std::exchange(other.path_, "")) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

absl::Status SealRuns(const SwapSizes& sizes, const std::string& repository) {
  std::error_code error;
  fs::create_directories(repository, error);
  for (const int run : {1, 2}) {
    if (ReadManifest(VersionFolder(repository, kSwapModel, run)).ok()) continue;
    AKIN_RETURN_IF_ERROR(SealRun(sizes, repository, run));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<VersionBuild>> PrepareVersion(
    const std::string& runs, const std::string& repository, int64_t version) {
  const std::string from =
      VersionFolder(runs, kSwapModel, RunOfVersion(version));
  AKIN_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(from));
  AKIN_ASSIGN_OR_RETURN(auto build,
                        VersionBuild::Begin(repository, kSwapModel, version));
  for (const TableManifest& table : manifest.tables) {
    AKIN_RETURN_IF_ERROR(
        LinkOrCopy(absl::StrCat(from, "/", table.file),
                   absl::StrCat(build->folder(), "/", table.file)));
  }
  manifest.version = version;
  AKIN_RETURN_IF_ERROR(
      WriteDurably(absl::StrCat(build->folder(), "/", kManifestFile),
                   FormatManifest(manifest)));
  return build;
}

}  // namespace akin::bench
