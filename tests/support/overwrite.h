// Puts other bytes into a file, again and again.

#ifndef AKIN_TESTS_SUPPORT_OVERWRITE_H_
#define AKIN_TESTS_SUPPORT_OVERWRITE_H_

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace akin {

// Without emptying it first: ext4 takes that for a file being replaced, and
// writes it to the disk when it is closed.
inline void Overwrite(const std::string& path, const std::string& contents) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  const auto bytes = static_cast<off_t>(contents.size());
  if (file < 0 || pwrite(file, contents.data(), contents.size(), 0) != bytes ||
      ftruncate(file, bytes) != 0) {
    std::abort();
  }
  close(file);
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_OVERWRITE_H_
