#include "server/spool_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/durable_file.h"
#include "index/base/status_macros.h"
#include "index/base/system_error.h"

namespace akin::server {
namespace {

namespace fs = std::filesystem;

// Behind the name of a folder that is being removed; in no name of ours.
constexpr char kRemoved = '~';

std::string LockOf(const std::string& folder) { return folder + "/.lock"; }

// The last change of the folder or of a file in it, in seconds of the clock.
int64_t LastChange(const std::string& folder) {
  int64_t last = 0;
  const auto see = [&last](const std::string& path) {
    struct stat facts = {};
    if (lstat(path.c_str(), &facts) != 0) return;
    last = std::max<int64_t>(last, facts.st_mtim.tv_sec);
  };
  see(folder);
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    see(at->path().string());
  }
  return last;
}

}  // namespace

absl::StatusOr<SpoolFile> SpoolFile::Open(const std::string& path,
                                          const std::string& name,
                                          uint64_t bytes) {
  SpoolFile file(path, name, bytes);
  file.descriptor_ =
      open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file.descriptor_ < 0) return SystemError(path, "cannot be opened");
  struct stat facts = {};
  if (fstat(file.descriptor_, &facts) != 0) {
    return SystemError(path, "cannot be looked at");
  }
  file.written_ = static_cast<uint64_t>(facts.st_size);
  if (file.written_ > bytes) {
    if (ftruncate(file.descriptor_, 0) != 0) {
      return SystemError(path, "cannot be emptied");
    }
    file.written_ = 0;
  }
  AKIN_RETURN_IF_ERROR(file.Sync());
  return file;
}

SpoolFile::~SpoolFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<bool> SpoolFile::Append(uint64_t offset, absl::string_view data,
                                       uint64_t sync_bytes) {
  if (offset != written_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a part of ", name_, " begins at ", offset, ", expected ", written_));
  }
  if (data.empty() || data.size() > bytes_ - written_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a part of ", name_, " has ", data.size(), " bytes, expected 1 to ",
        bytes_ - written_, " at ", written_, " of ", bytes_));
  }
  while (!data.empty()) {
    const ssize_t got = pwrite(descriptor_, data.data(), data.size(),
                               static_cast<off_t>(written_));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return SystemError(path_, "cannot be written");
    written_ += static_cast<uint64_t>(got);
    data.remove_prefix(static_cast<size_t>(got));
  }
  if (written_ < bytes_ && written_ - synced_ < sync_bytes) return false;
  AKIN_RETURN_IF_ERROR(Sync());
  return true;
}

absl::Status SpoolFile::Sync() {
  while (fdatasync(descriptor_) != 0) {
    if (errno == EINTR) continue;
    absl::Status failed = SystemError(path_, "cannot be synced");
    Discard();
    return failed;
  }
  synced_ = written_;
  return absl::OkStatus();
}

absl::Status SpoolFile::Cut(uint64_t bytes) {
  written_ = synced_ = std::min(bytes, written_);
  if (ftruncate(descriptor_, static_cast<off_t>(written_)) != 0) {
    return SystemError(path_, "cannot be cut");
  }
  return Sync();
}

// The kernel forgets what it could not write, and says so once: the next sync
// would succeed without it, be it of who opens the file tomorrow.
void SpoolFile::Discard() {
  if (ftruncate(descriptor_, static_cast<off_t>(synced_)) != 0) {
    unlink(path_.c_str());  // then all of it is to be sent again
  }
  written_ = synced_;
}

absl::StatusOr<FileLock> TakeSpoolFolder(const std::string& folder,
                                         absl::Duration patience) {
  constexpr int kTries = 10;  // it goes at most once for each that removes it
  const absl::Time end = absl::Now() + patience;
  for (int i = 0; i < kTries; ++i) {
    if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
      return SystemError(folder, "cannot be created");
    }
    struct stat facts = {};
    if (lstat(folder.c_str(), &facts) == 0 && !S_ISDIR(facts.st_mode)) {
      return absl::FailedPreconditionError(
          absl::StrCat(folder, " is no folder"));
    }
    auto lock = FileLock::Take(
        LockOf(folder), std::max(absl::ZeroDuration(), end - absl::Now()));
    // Who held it before may have removed it from under us.
    if (absl::IsNotFound(lock.status())) continue;
    AKIN_RETURN_IF_ERROR(lock.status());
    if (lock->IsOf(LockOf(folder))) return lock;
  }
  return absl::AbortedError(absl::StrCat(folder, " is being removed"));
}

void RemoveSpoolFolder(const std::string& folder) {
  std::error_code ignored;  // what is left is removed when it is stale
  const std::string removed = folder + kRemoved;
  fs::remove_all(removed, ignored);
  const bool moved = rename(folder.c_str(), removed.c_str()) == 0;
  fs::remove_all(moved ? removed : folder, ignored);
}

void RemoveStaleSpools(const std::string& parent, absl::string_view prefix,
                       const std::string& except, int64_t seconds) {
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  std::vector<std::string> stale;
  std::error_code error;
  for (fs::directory_iterator at(parent, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    const std::string folder = absl::StrCat(parent, "/", name);
    std::error_code unknown;
    if (!absl::StartsWith(name, prefix) || folder == except ||
        at->symlink_status(unknown).type() != fs::file_type::directory) {
      continue;
    }
    if (now - LastChange(folder) >= seconds) stale.push_back(folder);
  }
  for (const std::string& folder : stale) {
    if (folder.back() == kRemoved) {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
      continue;
    }
    const auto lock = TakeSpoolFolder(folder, absl::ZeroDuration());
    if (!lock.ok()) continue;
    RemoveSpoolFolder(folder);
  }
}

}  // namespace akin::server
