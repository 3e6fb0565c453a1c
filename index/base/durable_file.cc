#include "index/base/durable_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "index/base/status_macros.h"
#include "index/base/system_error.h"

namespace akin {
namespace {

absl::Status WriteAndSync(int descriptor, const std::string& path,
                          absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(path, "cannot be written");
    text.remove_prefix(static_cast<size_t>(written));
  }
  // Once, and not again when it fails: the kernel forgets what it could not
  // write.
  if (fsync(descriptor) != 0) return SystemError(path, "cannot be synced");
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFrom(int descriptor, const std::string& path,
                                     size_t max_bytes) {
  struct stat facts = {};
  if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode) ||
      static_cast<uint64_t>(facts.st_size) > max_bytes) {
    return absl::DataLossError(absl::StrCat(
        path, ": expected a regular file of at most ", max_bytes, " bytes"));
  }
  std::string text(static_cast<size_t>(facts.st_size), '\0');
  for (size_t at = 0; at < text.size();) {
    const ssize_t got = read(descriptor, text.data() + at, text.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, "cannot be read");
    if (got == 0) text.resize(at);  // it has become shorter meanwhile
    at += static_cast<size_t>(got);
  }
  return text;
}

// Another than anybody else's in the same folder.
std::string NameBeside(const std::string& folder, absl::string_view name) {
  static std::atomic<uint64_t> count{0};
  return absl::StrCat(folder, "/.", name, ".", getpid(), "-",
                      absl::GetCurrentTimeNanos(), "-", count++);
}

}  // namespace

absl::Status WriteDurably(const std::string& path, absl::string_view text) {
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return SystemError(path, "cannot be created");
  absl::Status status = WriteAndSync(descriptor, path, text);
  close(descriptor);
  if (!status.ok()) unlink(path.c_str());
  return status;
}

absl::Status ReplaceDurably(const std::string& path, absl::string_view text) {
  const size_t slash = path.find_last_of('/');
  // "" is the root's.
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash);
  const std::string beside = NameBeside(
      folder, slash == std::string::npos ? path : path.substr(slash + 1));
  AKIN_RETURN_IF_ERROR(WriteDurably(beside, text));
  if (rename(beside.c_str(), path.c_str()) != 0) {
    absl::Status status = SystemError(path, "cannot be replaced");
    unlink(beside.c_str());
    return status;
  }
  return Annotate(SyncFolder(absl::StrCat(folder, "/")),
                  absl::StrCat(path,
                               " is replaced, but the old one may be "
                               "back after a power cut"));
}

absl::StatusOr<std::string> ReadWhole(const std::string& path,
                                      size_t max_bytes) {
  // A link might lead anywhere, and a pipe keep us waiting.
  const int descriptor =
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return SystemError(path, "cannot be opened");
  auto text = ReadFrom(descriptor, path, max_bytes);
  close(descriptor);
  return text;
}

absl::Status SyncFolder(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return SystemError(path, "cannot be opened");
  const int result = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  return result == 0 ? absl::OkStatus()
                     : SystemError(path, "cannot be synced", error);
}

}  // namespace akin
