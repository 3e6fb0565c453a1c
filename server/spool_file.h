// A file that grows at its end as parts of it come, and the folder of such
// files, which one process has at a time.
//
// Not thread-safe. Errors are what the system says, with the path, if nothing
// else is said: RESOURCE_EXHAUSTED when the disk is full.

#ifndef AKIN_SERVER_SPOOL_FILE_H_
#define AKIN_SERVER_SPOOL_FILE_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "index/base/file_lock.h"

namespace akin::server {

class SpoolFile {
 public:
  // Opens or creates `path`; what is there counts as its beginning, and is on
  // the disk when this returns. `bytes`: what it will have; one that has more
  // is begun anew. A link is not followed. `name` is for messages.
  static absl::StatusOr<SpoolFile> Open(const std::string& path,
                                        const std::string& name,
                                        uint64_t bytes);

  SpoolFile(SpoolFile&& other) noexcept
      : path_(std::move(other.path_)),
        name_(std::move(other.name_)),
        bytes_(other.bytes_),
        descriptor_(std::exchange(other.descriptor_, -1)),
        written_(other.written_),
        synced_(other.synced_) {}
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  const std::string& path() const { return path_; }
  const std::string& name() const { return name_; }
  uint64_t bytes() const { return bytes_; }
  uint64_t written() const { return written_; }
  uint64_t synced() const { return synced_; }  // written, and on the disk

  // True if synced() has grown: after each `sync_bytes`, and at the end.
  // INVALID_ARGUMENT: no data, not where the file ends, or beyond its size.
  // When the disk does not take what was written the file ends at synced().
  absl::StatusOr<bool> Append(uint64_t offset, absl::string_view data,
                              uint64_t sync_bytes);
  // Brings all that was written to the disk; fails as Append does.
  absl::Status Sync();
  // Leaves the first `bytes` of what was written, and those on the disk.
  absl::Status Cut(uint64_t bytes);

 private:
  SpoolFile(std::string path, std::string name, uint64_t bytes)
      : path_(std::move(path)), name_(std::move(name)), bytes_(bytes) {}

  // What was written since the last Sync.
  void Discard();

  std::string path_;
  std::string name_;
  uint64_t bytes_;
  int descriptor_ = -1;
  uint64_t written_ = 0;
  uint64_t synced_ = 0;
};

// Creates `folder` if it is not there, and holds it as long as the lock lives.
// ABORTED: somebody else has held it for `patience`.
absl::StatusOr<FileLock> TakeSpoolFolder(const std::string& folder,
                                         absl::Duration patience);

// Removes the folder, which is held, with all that is in it: at one moment it
// is there, at the next it is not.
void RemoveSpoolFolder(const std::string& folder);

// Removes the folders of `parent` whose names begin with `prefix`, but for the
// folder `except`, which are held by nobody, and of which no file has changed
// for `seconds`. Links are not followed.
void RemoveStaleSpools(const std::string& parent, absl::string_view prefix,
                       const std::string& except, int64_t seconds);

}  // namespace akin::server

#endif  // AKIN_SERVER_SPOOL_FILE_H_
