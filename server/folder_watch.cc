#include "server/folder_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/stable_hash.h"
#include "index/version/manifest.h"
#include "index/version/repository.h"
#include "index/version/sealed_version.h"

namespace akin::server {
namespace {

std::string StampOf(const struct stat& facts) {
  return absl::StrCat(facts.st_ino, " ", facts.st_size, " ",
                      facts.st_mtim.tv_sec, " ", facts.st_mtim.tv_nsec);
}

// Of what the version's files hold, as its manifest has their sums; when it was
// built does not count. 0: the manifest cannot be read.
uint64_t HashOfContent(const std::string& folder) {
  const auto manifest = ReadManifest(folder);
  if (!manifest.ok()) return 0;
  std::string sums;
  for (const TableManifest& table : manifest->tables) {
    absl::StrAppend(&sums, table.file, " ", table.file_bytes, " ",
                    table.file_sum, "\n");
  }
  if (manifest->golden_queries.has_value()) {
    absl::StrAppend(&sums, manifest->golden_queries->sum);
  }
  return StableHash(sums);
}

}  // namespace

std::string StampOf(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end;
       !error && at != end; at.increment(error)) {
    struct stat facts = {};
    if (lstat(at->path().c_str(), &facts) != 0) continue;
    files.push_back(
        absl::StrCat(at->path().filename().string(), " ", StampOf(facts)));
  }
  std::sort(files.begin(), files.end());
  return absl::StrJoin(files, "\n");
}

void FolderWatch::Begin(const std::string& model, int64_t version) {
  Loaded loaded;
  loaded.content = HashOfContent(VersionFolder(repository_, model, version));
  loaded_[{model, version}] = std::move(loaded);
}

void FolderWatch::Keep(const std::string& model,
                       const std::set<int64_t>& loaded) {
  std::erase_if(loaded_, [&](const auto& known) {
    return known.first.first == model && !loaded.contains(known.first.second);
  });
}

std::string FolderWatch::Check(const std::string& model, int64_t version) {
  const auto found = loaded_.find({model, version});
  if (found == loaded_.end()) return "";
  Loaded& loaded = found->second;
  const std::string folder = VersionFolder(repository_, model, version);
  struct stat facts = {};
  if (lstat(absl::StrCat(folder, "/", kManifestFile).c_str(), &facts) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return "";
    loaded.stamp.clear();
    return "its folder is gone from the repository; it is served until it is "
           "unloaded or the server restarts";
  }
  if (std::string stamp = StampOf(facts); stamp != loaded.stamp) {
    const uint64_t now = HashOfContent(folder);
    if (now == 0) return "";  // being copied, or damaged: look again
    loaded.stamp = std::move(stamp);
    loaded.is_other = now != loaded.content;
  }
  return loaded.is_other
             ? "its folder was made again with other content; what was loaded "
               "is served until it is unloaded or the server restarts"
             : "";
}

}  // namespace akin::server
