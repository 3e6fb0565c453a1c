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
#include "index/base/names.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kBuilding = ".building-";
constexpr absl::string_view kLock = ".lock";

absl::Status SystemError(const std::string& path, absl::string_view action) {
  return absl::ErrnoToStatus(errno, absl::StrCat(path, ": ", action));
}

// A file that is locked as long as this lives.
class Lock {
 public:
  Lock() = default;
  ~Lock() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Lock(Lock&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Lock& operator=(Lock&&) = delete;

  // Waits for others, or, unless `wait`, is ABORTED by them.
  static absl::StatusOr<Lock> Take(const std::string& path, bool wait) {
    Lock lock;
    lock.descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock.descriptor_ < 0) return SystemError(path, "cannot be opened");
    while (flock(lock.descriptor_, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0) {
      if (errno == EINTR) continue;
      if (errno == EWOULDBLOCK) {
        return absl::AbortedError(absl::StrCat(path, ": is held by another"));
      }
      return SystemError(path, "cannot be locked");
    }
    return lock;
  }

  int Release() && { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

absl::Status SyncFolder(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return SystemError(path, "cannot be opened");
  const int result = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  errno = error;
  return result == 0 ? absl::OkStatus() : SystemError(path, "cannot be synced");
}

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
    } else if (name != kLock) {
      contents.strays.push_back(name);
    }
  }
  if (error) {
    return absl::ErrnoToStatus(error.value(),
                               absl::StrCat(folder, ": cannot be read"));
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
    auto lock = Lock::Take(LockOf(folder), /*wait=*/false);
    if (absl::IsAborted(lock.status())) {
      alive.push_back(version);
      continue;
    }
    AKIN_RETURN_IF_ERROR(lock.status());
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) {
      return absl::ErrnoToStatus(error.value(),
                                 absl::StrCat(folder, ": cannot be removed"));
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
    // A folder that cannot be read is one without versions.
    auto contents = ReadModelFolder(at->path().string());
    if (!contents.ok() || contents->versions.empty()) continue;
    models.push_back(
        {name, std::move(contents->versions), std::move(contents->strays)});
  }
  if (error) {
    return absl::ErrnoToStatus(error.value(),
                               absl::StrCat(repository, ": cannot be read"));
  }
  std::sort(models.begin(), models.end(),
            [](const auto& a, const auto& b) { return a.model < b.model; });
  return models;
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
    return absl::ErrnoToStatus(
        error.value(), absl::StrCat(model_folder, ": cannot be created"));
  }
  AKIN_RETURN_IF_ERROR(SyncFolder(repository));
  AKIN_ASSIGN_OR_RETURN(const Lock model_lock,
                        Lock::Take(LockOf(model_folder), /*wait=*/true));
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
  AKIN_ASSIGN_OR_RETURN(Lock lock,
                        Lock::Take(LockOf(build->folder_), /*wait=*/false));
  build->lock_ = std::move(lock).Release();
  return build;
}

VersionBuild::~VersionBuild() {
  if (!published_) {
    // So that no other build looks at it meanwhile.
    const auto model_lock = Lock::Take(LockOf(model_folder_), /*wait=*/true);
    std::error_code ignored;  // the next build removes what is left
    fs::remove_all(folder_, ignored);
  }
  if (lock_ >= 0) close(lock_);
}

absl::Status VersionBuild::Publish() {
  const std::string place = absl::StrCat(model_folder_, "/", version_);
  AKIN_RETURN_IF_ERROR(SyncFolder(folder_));
  AKIN_ASSIGN_OR_RETURN(const Lock model_lock,
                        Lock::Take(LockOf(model_folder_), /*wait=*/true));
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
