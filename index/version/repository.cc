#include "index/version/repository.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "index/base/durable_file.h"
#include "index/base/error_facts.h"
#include "index/base/names.h"
#include "index/base/spelling.h"
#include "index/base/status_macros.h"
#include "index/base/system_error.h"
#include "index/version/labels.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kBuilding = ".building-";
constexpr absl::string_view kLock = ".lock";
// It is held for a rename, or for a small file to be written.
constexpr absl::Duration kLockPatience = absl::Seconds(10);

// As a version's folder is named, and in no other way: "7", not "07".
std::optional<int64_t> VersionOf(absl::string_view name) {
  int64_t version = 0;
  if (!absl::SimpleAtoi(name, &version) || version < 1 ||
      absl::StrCat(version) != name) {
    return std::nullopt;
  }
  return version;
}

struct Contents {
  std::vector<int64_t> versions;
  std::vector<int64_t> building;
  std::vector<std::string> strays;
};

absl::StatusOr<Contents> ReadModelFolder(const std::string& folder) {
  Contents contents;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code unknown;
    const bool is_folder =
        at->symlink_status(unknown).type() == fs::file_type::directory;
    absl::string_view rest = name;
    const bool is_building = absl::ConsumePrefix(&rest, kBuilding);
    const auto version = VersionOf(rest);
    if (is_folder && version.has_value()) {
      (is_building ? contents.building : contents.versions).push_back(*version);
    } else if (name != kLabelsFile && !absl::StartsWith(name, ".")) {
      contents.strays.push_back(name);
    }
  }
  if (error) {
    return SystemError(folder, "cannot be read", error.value());
  }
  std::sort(contents.versions.begin(), contents.versions.end());
  std::sort(contents.strays.begin(), contents.strays.end());
  return contents;
}

std::string BuildingFolder(const std::string& model_folder, int64_t version) {
  return absl::StrCat(model_folder, "/", kBuilding, version);
}

std::string LockOf(const std::string& folder) {
  return absl::StrCat(folder, "/", kLock);
}

// Removes the builds that nobody holds; returns the others. The model is
// locked.
absl::StatusOr<std::vector<int64_t>> RemoveDeadBuilds(
    const std::string& model_folder, const Contents& contents) {
  std::vector<int64_t> alive;
  for (const int64_t version : contents.building) {
    const std::string folder = BuildingFolder(model_folder, version);
    auto lock = FileLock::Take(LockOf(folder), absl::ZeroDuration());
    if (absl::IsAborted(lock.status())) {
      alive.push_back(version);
      continue;
    }
    AKIN_RETURN_IF_ERROR(lock.status());
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) {
      return SystemError(folder, "cannot be removed", error.value());
    }
  }
  return alive;
}

bool Has(const std::vector<int64_t>& versions, int64_t version) {
  return std::find(versions.begin(), versions.end(), version) != versions.end();
}

absl::StatusOr<int64_t> ChooseVersion(absl::string_view model,
                                      const std::vector<int64_t>& there,
                                      const std::vector<int64_t>& building,
                                      std::optional<int64_t> wanted) {
  if (!wanted.has_value()) {
    int64_t latest = 0;
    for (const auto* versions : {&there, &building}) {
      for (const int64_t version : *versions) {
        latest = std::max(latest, version);
      }
    }
    if (latest < std::numeric_limits<int64_t>::max()) return latest + 1;
    return absl::ResourceExhaustedError(
        absl::StrCat("model ", model, " has no number left"));
  }
  if (*wanted < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("version is ", *wanted, ", expected at least 1"));
  }
  if (Has(there, *wanted)) {
    return absl::AlreadyExistsError(absl::StrCat(
        "version ", *wanted, " of model ", model, " is there already"));
  }
  if (Has(building, *wanted)) {
    return absl::AbortedError(
        absl::StrCat("version ", *wanted, " of model ", model,
                     " is being built by another program"));
  }
  return *wanted;
}

// Never over what is there. The model is locked.
absl::Status RenameInto(const std::string& folder, const std::string& place) {
  if (renameat2(AT_FDCWD, folder.c_str(), AT_FDCWD, place.c_str(),
                RENAME_NOREPLACE) == 0) {
    return absl::OkStatus();
  }
  // Network file systems know no such flag; builders hold the lock, and a
  // folder with something in it is not replaced anyway.
  if (errno == EINVAL || errno == ENOSYS) {
    struct stat facts = {};
    errno = EEXIST;
    if (lstat(place.c_str(), &facts) != 0 && errno == ENOENT &&
        rename(folder.c_str(), place.c_str()) == 0) {
      return absl::OkStatus();
    }
  }
  return SystemError(place, "cannot be made of what was built");
}

}  // namespace

std::string VersionFolder(absl::string_view repository, absl::string_view model,
                          int64_t version) {
  return absl::StrCat(repository, "/", model, "/", version);
}

absl::StatusOr<std::vector<ModelFolder>> ListRepository(
    const std::string& repository) {
  std::vector<ModelFolder> models;
  std::error_code error;
  for (fs::directory_iterator at(repository, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code unknown;
    if (!CheckName("model", name).ok() ||
        at->symlink_status(unknown).type() != fs::file_type::directory) {
      continue;
    }
    auto contents = ReadModelFolder(at->path().string());
    if (absl::IsNotFound(contents.status())) continue;  // removed meanwhile
    if (!contents.ok()) {
      models.push_back({name, {}, {}, contents.status()});
    } else if (!contents->versions.empty()) {
      models.push_back({name, std::move(contents->versions),
                        std::move(contents->strays), absl::OkStatus()});
    }
  }
  if (error) {
    return SystemError(repository, "cannot be read", error.value());
  }
  std::sort(models.begin(), models.end(),
            [](const auto& a, const auto& b) { return a.model < b.model; });
  return models;
}

absl::StatusOr<int64_t> FindSealedVersion(const std::string& repository,
                                          const std::string& model,
                                          int64_t version) {
  AKIN_ASSIGN_OR_RETURN(const std::vector<ModelFolder> folders,
                        ListRepository(repository));
  const auto folder =
      std::find_if(folders.begin(), folders.end(),
                   [&](const auto& other) { return other.model == model; });
  if (folder == folders.end() || folder->versions.empty()) {
    return UnknownNameError("model", model, "the repository",
                            NearSpellings(model, [&](absl::string_view name) {
                              return std::any_of(folders.begin(), folders.end(),
                                                 [&](const auto& other) {
                                                   return other.model == name;
                                                 });
                            }));
  }
  if (version == 0) return folder->versions.back();
  if (std::binary_search(folder->versions.begin(), folder->versions.end(),
                         version)) {
    return version;
  }
  return absl::NotFoundError(absl::StrCat(
      "version ", version, " does not exist in model ", model,
      " of the repository, whose latest is ", folder->versions.back()));
}

absl::StatusOr<FileLock> LockModel(const std::string& repository,
                                   absl::string_view model) {
  return FileLock::Take(LockOf(absl::StrCat(repository, "/", model)),
                        kLockPatience);
}

VersionBuild::VersionBuild(std::string model_folder, int64_t version)
    : model_folder_(std::move(model_folder)),
      version_(version),
      folder_(BuildingFolder(model_folder_, version)) {}

absl::StatusOr<std::unique_ptr<VersionBuild>> VersionBuild::Begin(
    const std::string& repository, absl::string_view model,
    std::optional<int64_t> version) {
  AKIN_RETURN_IF_ERROR(CheckName("model", model));
  const std::string model_folder = absl::StrCat(repository, "/", model);
  std::error_code error;
  fs::create_directories(model_folder, error);
  if (error) {
    return SystemError(model_folder, "cannot be created", error.value());
  }
  AKIN_RETURN_IF_ERROR(SyncFolder(repository));
  AKIN_ASSIGN_OR_RETURN(const FileLock model_lock,
                        FileLock::Take(LockOf(model_folder), kLockPatience));
  AKIN_ASSIGN_OR_RETURN(const Contents contents, ReadModelFolder(model_folder));
  AKIN_ASSIGN_OR_RETURN(const std::vector<int64_t> building,
                        RemoveDeadBuilds(model_folder, contents));
  AKIN_ASSIGN_OR_RETURN(
      const int64_t number,
      ChooseVersion(model, contents.versions, building, version));
  auto build =
      std::unique_ptr<VersionBuild>(new VersionBuild(model_folder, number));
  if (mkdir(build->folder_.c_str(), 0755) != 0) {
    return SystemError(build->folder_, "cannot be created");
  }
  auto lock = FileLock::Take(LockOf(build->folder_), absl::ZeroDuration());
  if (!lock.ok()) {
    rmdir(build->folder_.c_str());
    return lock.status();
  }
  build->lock_ = *std::move(lock);
  build->made_ = true;
  return build;
}

VersionBuild::~VersionBuild() {
  // Begin, which holds the model's lock itself, has failed.
  if (!made_) return;
  if (!published_) {
    // So that no other build looks at it meanwhile.
    const auto model_lock =
        FileLock::Take(LockOf(model_folder_), kLockPatience);
    std::error_code ignored;  // the next build removes what is left
    fs::remove_all(folder_, ignored);
  }
}

absl::Status VersionBuild::Publish() {
  const std::string place = absl::StrCat(model_folder_, "/", version_);
  AKIN_RETURN_IF_ERROR(SyncFolder(folder_));
  AKIN_ASSIGN_OR_RETURN(const FileLock model_lock,
                        FileLock::Take(LockOf(model_folder_), kLockPatience));
  AKIN_RETURN_IF_ERROR(RenameInto(folder_, place));
  published_ = true;
  // It goes with the folder until here, so that nobody takes that for dead.
  unlink(LockOf(place).c_str());
  for (const std::string& folder : {place, model_folder_}) {
    AKIN_RETURN_IF_ERROR(Annotate(
        SyncFolder(folder),
        absl::StrCat(place, " is published, but may not survive a power cut")));
  }
  return absl::OkStatus();
}

}  // namespace akin
