// Small files that are written whole, read whole, and survive a power cut.
//
// Errors are what the system says, with the path: NOT_FOUND, PERMISSION_DENIED,
// RESOURCE_EXHAUSTED when there is no room, ... Thread-safe.

#ifndef AKIN_INDEX_BASE_DURABLE_FILE_H_
#define AKIN_INDEX_BASE_DURABLE_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin {

// Creates `path` with `text` in it; when it returns OK the bytes are on the
// disk. The folder is its caller's to sync. ALREADY_EXISTS: nothing is written
// over. With any other error no file is left.
absl::Status WriteDurably(const std::string& path, absl::string_view text);

// Puts `text` in the place of what `path` holds, if anything: whoever reads it
// finds all of the old or all of the new, after a power cut too. It is written
// beside first, into a file whose name begins with "." and `path`'s own; what a
// power cut leaves of that may be removed. Of several at once the last one
// wins. An error that says "is replaced" came after it was, and says what may
// be lost; with any other `path` is as it was.
absl::Status ReplaceDurably(const std::string& path, absl::string_view text);

// All of a file. DATA_LOSS: more than `max_bytes`, or no regular file. Links
// are not followed.
absl::StatusOr<std::string> ReadWhole(const std::string& path,
                                      size_t max_bytes);

// So that a power cut does not undo what was created, renamed or removed in it.
absl::Status SyncFolder(const std::string& path);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_DURABLE_FILE_H_
