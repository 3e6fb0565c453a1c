#include "index/version/folder_kind.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "index/version/manifest.h"
#include "index/version/repository.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

bool HasManifest(const std::string& folder) {
  std::error_code unknown;
  return fs::exists(absl::StrCat(folder, "/", kManifestFile), unknown);
}

// 0: there is none.
int64_t LatestVersionIn(const std::string& folder) {
  int64_t latest = 0;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    int64_t number = 0;
    if (absl::SimpleAtoi(at->path().filename().string(), &number) &&
        number > latest && HasManifest(at->path().string())) {
      latest = number;
    }
  }
  return latest;
}

}  // namespace

FolderFacts LookIntoFolder(const std::string& folder) {
  if (HasManifest(folder)) return {FolderKind::kVersion, ""};
  if (const int64_t latest = LatestVersionIn(folder); latest > 0) {
    return {FolderKind::kModel, absl::StrCat(folder, "/", latest)};
  }
  const auto models = ListRepository(folder);
  if (!models.ok()) return {};
  for (const ModelFolder& model : *models) {
    const std::string path = absl::StrCat(folder, "/", model.model);
    if (const int64_t latest = LatestVersionIn(path); latest > 0) {
      return {FolderKind::kRepository,
              VersionFolder(folder, model.model, latest)};
    }
  }
  return {};
}

std::string NoVersionSentence(const std::string& folder) {
  std::error_code unknown;
  if (!fs::is_directory(folder, unknown)) {
    return absl::StrCat(
        folder, fs::exists(folder, unknown) ? " is a file" : " is not there",
        ", expected the folder of a version, such as "
        "REPOSITORY/MODEL/1");
  }
  const FolderFacts facts = LookIntoFolder(folder);
  switch (facts.kind) {
    case FolderKind::kModel:
      return absl::StrCat(folder,
                          " is the folder of a model, expected that of a "
                          "version, such as ",
                          facts.version);
    case FolderKind::kRepository:
      return absl::StrCat(folder,
                          " is a repository, expected the folder of a version, "
                          "such as ",
                          facts.version);
    default:
      return absl::StrCat(folder, " has no ", kManifestFile,
                          ", expected the folder of a version, such as "
                          "REPOSITORY/MODEL/1");
  }
}

std::string NoRepositorySentence(const std::string& folder, FolderKind kind) {
  switch (kind) {
    case FolderKind::kVersion:
      return absl::StrCat(folder,
                          " is the folder of a version, expected the "
                          "repository, which is the folder of its model's "
                          "folder");
    case FolderKind::kModel:
      return absl::StrCat(folder,
                          " is the folder of a model, expected the repository, "
                          "which is the folder that it is in");
    default:
      return absl::StrCat(folder, " holds no version yet, expected ", folder,
                          "/MODEL/VERSION as akin-build and akin import make "
                          "it");
  }
}

}  // namespace akin
