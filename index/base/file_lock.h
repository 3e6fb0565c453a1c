// A file that one program at a time holds.

#ifndef AKIN_INDEX_BASE_FILE_LOCK_H_
#define AKIN_INDEX_BASE_FILE_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace akin {

// Held as long as this lives, by whoever made it: two of one program exclude
// each other too. The system lets go of it when the program ends.
class FileLock {
 public:
  FileLock() = default;  // of nothing
  ~FileLock();
  FileLock(FileLock&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  // Makes the file if it is not there. Waits for others as long as `patience`,
  // then is ABORTED by them. Others: what the system says.
  static absl::StatusOr<FileLock> Take(const std::string& path,
                                       absl::Duration patience);

  // Whether `path` is the file that is held, and was not removed meanwhile, or
  // made anew.
  bool IsOf(const std::string& path) const;

 private:
  int descriptor_ = -1;
};

}  // namespace akin

#endif  // AKIN_INDEX_BASE_FILE_LOCK_H_
