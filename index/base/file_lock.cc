#include "index/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "index/base/system_error.h"

namespace akin {

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<FileLock> FileLock::Take(const std::string& path,
                                        absl::Duration patience) {
  FileLock lock;
  lock.descriptor_ =
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (lock.descriptor_ < 0) return SystemError(path, "cannot be opened");
  // The system would wait for ever, whatever becomes of who holds it.
  const absl::Time end = absl::Now() + patience;
  while (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return SystemError(path, "cannot be locked");
    if (absl::Now() >= end) {
      return absl::AbortedError(absl::StrCat(path, ": is held by another"));
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
  return lock;
}

bool FileLock::IsOf(const std::string& path) const {
  struct stat held = {};
  struct stat there = {};
  return fstat(descriptor_, &held) == 0 && stat(path.c_str(), &there) == 0 &&
         held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

}  // namespace akin
