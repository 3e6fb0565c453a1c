// Small files that an operator replaces while the server runs: certificates,
// keys, tokens.

#ifndef AKIN_SERVER_AUTH_WATCHED_FILES_H_
#define AKIN_SERVER_AUTH_WATCHED_FILES_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::server {

// All of `path`, a regular file. `what` is for messages: "the key".
// NOT_FOUND: it cannot be read; INVALID_ARGUMENT: it has over `most` bytes.
absl::StatusOr<std::string> ReadSmallFile(absl::string_view what,
                                          const std::string& path, size_t most);

// Tells when files have changed and are whole: a certificate and its key are
// written one after the other, so they count as changed once they have looked
// the same twice. Used by one thread at a time.
class WatchedFiles {
 public:
  // As they are now is what has been read; empty paths are left out.
  explicit WatchedFiles(std::vector<std::string> paths);

  // Whether they are to be read again; true once for each change.
  bool Changed();

 private:
  std::string Stamp() const;

  const std::vector<std::string> paths_;
  std::string read_;  // when they were last read
  std::string last_;  // at the last look
};

// Calls `look` four times a second, on a thread of its own.
class LookThread {
 public:
  explicit LookThread(std::function<void()> look);
  ~LookThread();

 private:
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_WATCHED_FILES_H_
