#include "server/auth/watched_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace akin::server {

absl::StatusOr<std::string> ReadSmallFile(absl::string_view what,
                                          const std::string& path,
                                          size_t most) {
  const auto unreadable = [&](absl::string_view why) {
    return absl::NotFoundError(
        absl::StrCat("cannot read ", what, " in ", path, ": ", why));
  };
  // Opening a pipe would wait for who writes to it.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return unreadable(std::strerror(errno));
  struct stat about = {};
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
    close(file);
    return unreadable("it is no file");
  }
  std::string text(most + 1, '\0');
  size_t size = 0;
  ssize_t got = 0;
  while (size < text.size() &&
         (got = read(file, text.data() + size, text.size() - size)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    size += static_cast<size_t>(got);
  }
  const int error = errno;
  close(file);
  if (got < 0) return unreadable(std::strerror(error));
  if (size > most) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", what, " take more than ", most, " bytes, expected less"));
  }
  text.resize(size);
  return text;
}

WatchedFiles::WatchedFiles(std::vector<std::string> paths)
    : paths_(std::move(paths)), read_(Stamp()), last_(read_) {}

bool WatchedFiles::Changed() {
  std::string now = Stamp();
  const bool settled = now == last_;
  last_ = std::move(now);
  if (!settled || last_ == read_) return false;
  read_ = last_;
  return true;
}

std::string WatchedFiles::Stamp() const {
  std::string stamp;
  for (const std::string& path : paths_) {
    if (path.empty()) continue;
    struct stat about = {};
    if (stat(path.c_str(), &about) != 0) {
      absl::StrAppend(&stamp, "-", errno, ";");
      continue;
    }
    absl::StrAppend(&stamp, about.st_dev, ",", about.st_ino, ",", about.st_size,
                    ",", about.st_mtim.tv_sec, ",", about.st_mtim.tv_nsec, ",",
                    about.st_ctim.tv_sec, ",", about.st_ctim.tv_nsec, ";");
  }
  return stamp;
}

LookThread::LookThread(std::function<void()> look)
    : thread_([this, look = std::move(look)] {
        constexpr absl::Duration kEvery = absl::Milliseconds(250);
        constexpr absl::Duration kNap = absl::Milliseconds(50);
        absl::Time next = absl::Now() + kEvery;
        while (!ended_) {
          absl::SleepFor(kNap);
          if (absl::Now() < next) continue;
          look();
          next = absl::Now() + kEvery;
        }
      }) {}

LookThread::~LookThread() {
  ended_ = true;
  thread_.join();
}

}  // namespace akin::server
