#include "index/formats/stored_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/system_error.h"

namespace akin {
namespace {

absl::Status FileError(const std::string& path, absl::string_view action,
                       int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  }
  return SystemError(path, action, error);
}

}  // namespace

absl::StatusOr<std::unique_ptr<StoredFile>> StoredFile::Open(
    const std::string& path) {
  int descriptor;
  do {
    descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return FileError(path, "cannot be opened", errno);
  struct stat facts;
  if (fstat(descriptor, &facts) != 0) {
    const int error = errno;
    close(descriptor);
    return FileError(path, "cannot be examined", error);
  }
  if (S_ISDIR(facts.st_mode)) {
    close(descriptor);
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is a folder, expected a file"));
  }
  std::optional<uint64_t> size;
  if (S_ISREG(facts.st_mode)) {
    size = static_cast<uint64_t>(facts.st_size);
    // A hint: a file system that ignores it changes nothing.
    (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return std::unique_ptr<StoredFile>(new StoredFile(path, descriptor, size));
}

StoredFile::~StoredFile() { close(descriptor_); }

absl::StatusOr<size_t> StoredFile::Read(char* out, size_t bytes) {
  for (;;) {
    const ssize_t got = read(descriptor_, out, bytes);
    if (got >= 0) {
      offset_ += static_cast<uint64_t>(got);
      return static_cast<size_t>(got);
    }
    if (errno != EINTR) return FileError(path_, "cannot be read", errno);
  }
}

absl::StatusOr<uint64_t> StoredFile::Skip(uint64_t bytes) {
  // A pipe cannot be passed over, and behind the end there is nothing to pass.
  if (!size_.has_value() || *size_ <= offset_) return uint64_t{0};
  const uint64_t passed = std::min(bytes, *size_ - offset_);
  if (lseek(descriptor_, static_cast<off_t>(passed), SEEK_CUR) < 0) {
    return FileError(path_, "cannot be read", errno);
  }
  offset_ += passed;
  return passed;
}

absl::StatusOr<size_t> StoredFile::ReadAt(uint64_t offset, char* out,
                                          size_t bytes) const {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t got = pread(descriptor_, out + done, bytes - done,
                              static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<size_t>(got);
    } else if (errno != EINTR) {
      return FileError(path_, "cannot be read", errno);
    }
  }
  return done;
}

}  // namespace akin
