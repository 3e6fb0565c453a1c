// What every target holds a parser to.

#ifndef AKIN_TESTS_FUZZ_PROMISES_H_
#define AKIN_TESTS_FUZZ_PROMISES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace akin {

// Ends the process, with the promise that was broken, unless `condition`.
void Require(bool condition, absl::string_view promise);

// Of a file's content nothing else can be wrong: INVALID_ARGUMENT or DATA_LOSS,
// in a sentence that begins with the path.
void RequireFileError(const absl::Status& status, absl::string_view path);

// INVALID_ARGUMENT with a sentence.
void RequireInvalidArgument(const absl::Status& status);

// A file in memory, with a path.
class MemoryFile {
 public:
  explicit MemoryFile(absl::string_view bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  const int descriptor_;
  const std::string path_;
};

}  // namespace akin

#endif  // AKIN_TESTS_FUZZ_PROMISES_H_
