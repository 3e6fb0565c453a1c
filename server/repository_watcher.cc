#include "server/repository_watcher.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/status_macros.h"
#include "index/version/sealed_version.h"

namespace akin::server {
namespace {

std::string NameOf(const std::string& model, int64_t version) {
  return absl::StrCat("version ", version, " of model ", model);
}

size_t MemoryOf(const Version& version) {
  size_t bytes = 0;
  for (const auto& table : version.tables()) bytes += table->memory_bytes();
  return bytes;
}

// Other files, or the same with another content, have another stamp.
std::string StampOf(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end;
       !error && at != end; at.increment(error)) {
    struct stat facts = {};
    if (lstat(at->path().c_str(), &facts) != 0) continue;
    files.push_back(absl::StrCat(
        at->path().filename().string(), " ", facts.st_ino, " ", facts.st_size,
        " ", facts.st_mtim.tv_sec, " ", facts.st_mtim.tv_nsec));
  }
  std::sort(files.begin(), files.end());
  return absl::StrJoin(files, "\n");
}

}  // namespace

absl::Status RepositoryWatcher::Look(WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(const std::vector<ModelFolder> folders,
                        ListRepository(options_.repository));
  for (const ModelFolder& folder : folders) {
    AKIN_RETURN_IF_ERROR(LookAt(folder, pool));
  }
  return absl::OkStatus();
}

absl::Status RepositoryWatcher::LookAt(const ModelFolder& folder,
                                       WorkerPool* pool) {
  for (const std::string& stray : folder.strays) {
    const std::string name = absl::StrCat(folder.model, "/", stray);
    if (!strays_said_.insert(name).second) continue;
    options_.say(absl::StrCat(options_.repository, "/", name,
                              ": is no version, left alone"),
                 /*is_error=*/false);
  }
  const int64_t served = LatestServed(folder.model);
  // The latest first: there is no need of those before it.
  for (auto version = folder.versions.rbegin();
       version != folder.versions.rend() && *version > served; ++version) {
    std::string stamp =
        StampOf(VersionFolder(options_.repository, folder.model, *version));
    const auto failure = failures_.find({folder.model, *version});
    if (failure != failures_.end() && failure->second.lasting &&
        failure->second.stamp == stamp) {
      continue;
    }
    const absl::Status loaded = Load(folder.model, *version, pool);
    if (loaded.ok()) {
      RetireOld(folder.model);
      return absl::OkStatus();
    }
    if (absl::IsCancelled(loaded)) return loaded;
    Fail(folder.model, *version, served, loaded, std::move(stamp));
  }
  return absl::OkStatus();
}

void RepositoryWatcher::Fail(const std::string& model, int64_t version,
                             int64_t served, const absl::Status& why,
                             std::string stamp) {
  Failure& failure = failures_[{model, version}];
  const std::string message(why.message());
  // A folder that is still being copied has no manifest, or half a file.
  failure.lasting = absl::IsDataLoss(why) || absl::IsNotFound(why) ||
                    absl::IsFailedPrecondition(why);
  failure.stamp = std::move(stamp);
  if (failure.message == message) return;  // said before
  failure.message = message;
  options_.say(absl::StrCat(NameOf(model, version), " cannot be loaded; ",
                            served > 0 ? absl::StrCat("version ", served,
                                                      " goes on serving: ")
                                       : "",
                            message),
               /*is_error=*/true);
}

absl::Status RepositoryWatcher::Load(const std::string& model, int64_t version,
                                     WorkerPool* pool) {
  const absl::Time start = absl::Now();
  AKIN_ASSIGN_OR_RETURN(
      std::shared_ptr<const Version> opened,
      OpenVersion(VersionFolder(options_.repository, model, version), model,
                  version, pool, [&](uint64_t /*bytes*/, uint64_t /*of*/) {
                    return !options_.cancelled || !options_.cancelled();
                  }));
  const std::string line =
      absl::StrFormat("%s: %d tables, %.1f MiB, loaded in %.2f s",
                      NameOf(model, version), opened->tables().size(),
                      static_cast<double>(MemoryOf(*opened)) / (1 << 20),
                      absl::ToDoubleSeconds(absl::Now() - start));
  AKIN_RETURN_IF_ERROR(catalog_.Publish(std::move(opened)));
  options_.say(line, /*is_error=*/false);
  return absl::OkStatus();
}

void RepositoryWatcher::RetireOld(const std::string& model) {
  const auto published = catalog_.Find(model);
  if (!published.ok()) return;
  for (size_t i = options_.keep_versions; i < published->versions.size(); ++i) {
    const int64_t number = published->versions[i].version->number();
    // One that has a label stays.
    auto retired = catalog_.Retire(model, number);
    if (!retired.ok()) continue;
    options_.say(absl::StrCat(NameOf(model, number), " is retired"),
                 /*is_error=*/false);
    retired_.push_back(*std::move(retired));
  }
}

bool RepositoryWatcher::FreeRetired() {
  // Nobody can pin them any more, so a count of one stays one.
  std::erase_if(retired_,
                [](const auto& version) { return version.use_count() == 1; });
  return retired_.empty();
}

int64_t RepositoryWatcher::LatestServed(const std::string& model) const {
  const auto published = catalog_.Find(model);
  return published.ok() ? published->versions.front().version->number() : 0;
}

}  // namespace akin::server
