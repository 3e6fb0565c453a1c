#include "client/cli/doctor/repository_facts.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace akin::client {
namespace {

namespace fs = std::filesystem;

// As akin-build names them (index/version/repository.h).
constexpr absl::string_view kBuilding = ".building-";
constexpr absl::string_view kImport = ".import-";
constexpr absl::string_view kLabels = "LABELS.json";
constexpr absl::string_view kManifest = "MANIFEST.json";
constexpr absl::string_view kLock = ".lock";

std::optional<int64_t> VersionOf(absl::string_view name) {
  int64_t version = 0;
  if (!absl::SimpleAtoi(name, &version) || version < 1 ||
      absl::StrCat(version) != name) {
    return std::nullopt;
  }
  return version;
}

bool IsOpenToAll(const std::string& path) {
  struct stat found = {};
  return lstat(path.c_str(), &found) == 0 && !S_ISLNK(found.st_mode) &&
         (found.st_mode & S_IWOTH) != 0;
}

// Whether a program is at work in the folder: it holds a lock there. The lock
// is tried and let go of at once.
bool IsBeingBuilt(const std::string& folder) {
  const int lock = open(absl::StrCat(folder, "/", kLock).c_str(),
                        O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (lock < 0) return false;
  const bool is_held = flock(lock, LOCK_SH | LOCK_NB) != 0;
  close(lock);
  return is_held;
}

// Calls use(name, path, is_folder) for each entry; links are no folders.
template <class Use>
std::optional<std::string> ForEachIn(const std::string& folder,
                                     const Use& use) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code unknown;
    use(at->path().filename().string(), at->path().string(),
        at->symlink_status(unknown).type() == fs::file_type::directory);
  }
  if (!error) return std::nullopt;
  return absl::StrCat(folder, ": ", error.message());
}

RepositoryFacts::Version ReadVersion(int64_t number, const std::string& folder,
                                     std::vector<std::string>* open_to_all) {
  RepositoryFacts::Version version;
  version.number = number;
  ForEachIn(folder, [&](const std::string& name, const std::string& path,
                        bool is_folder) {
    struct stat found = {};
    if (!is_folder && lstat(path.c_str(), &found) == 0) {
      version.bytes += static_cast<uint64_t>(found.st_size);
    }
    version.has_manifest = version.has_manifest || name == kManifest;
    if (IsOpenToAll(path)) open_to_all->push_back(path);
  });
  return version;
}

RepositoryFacts::Model ReadModel(const std::string& name,
                                 const std::string& folder,
                                 std::vector<std::string>* open_to_all) {
  RepositoryFacts::Model model;
  model.name = name;
  model.unreadable = ForEachIn(
      folder,
      [&](const std::string& entry, const std::string& path, bool is_folder) {
        if (IsOpenToAll(path)) open_to_all->push_back(path);
        absl::string_view rest = entry;
        const bool is_building = absl::ConsumePrefix(&rest, kBuilding);
        const auto version = VersionOf(rest);
        if (is_folder && version.has_value() && is_building) {
          if (!IsBeingBuilt(path)) model.interrupted.push_back(*version);
        } else if (is_folder && version.has_value()) {
          model.versions.push_back(ReadVersion(*version, path, open_to_all));
        } else if (is_folder && absl::StartsWith(entry, kImport)) {
          ++model.imports;
        } else if (entry != kLabels && !absl::StartsWith(entry, ".")) {
          model.strays.push_back(entry);
        }
      });
  std::sort(model.versions.begin(), model.versions.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  std::sort(model.strays.begin(), model.strays.end());
  std::sort(model.interrupted.begin(), model.interrupted.end());
  return model;
}

void ReadSpace(const std::string& path, RepositoryFacts* facts) {
  struct statvfs space = {};
  if (statvfs(path.c_str(), &space) != 0) return;
  facts->free_bytes = uint64_t{space.f_bavail} * space.f_frsize;
  facts->total_bytes = uint64_t{space.f_blocks} * space.f_frsize;
}

}  // namespace

RepositoryFacts ReadRepositoryFacts(const std::string& path) {
  RepositoryFacts facts;
  facts.path = path;
  std::vector<std::string> models;
  facts.unreadable =
      ForEachIn(path, [&](const std::string& name, const std::string& /*path*/,
                          bool is_folder) {
        if (absl::StartsWith(name, ".")) return;
        (is_folder ? models : facts.strays).push_back(name);
      });
  if (facts.unreadable.has_value()) return facts;
  std::sort(models.begin(), models.end());
  std::sort(facts.strays.begin(), facts.strays.end());
  if (IsOpenToAll(path)) facts.open_to_all.push_back(path);
  for (const std::string& model : models) {
    const std::string folder = absl::StrCat(path, "/", model);
    if (IsOpenToAll(folder)) facts.open_to_all.push_back(folder);
    facts.models.push_back(ReadModel(model, folder, &facts.open_to_all));
  }
  std::sort(facts.open_to_all.begin(), facts.open_to_all.end());
  ReadSpace(path, &facts);
  return facts;
}

}  // namespace akin::client
