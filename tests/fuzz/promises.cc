#include "tests/fuzz/promises.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace akin {

void Require(bool condition, absl::string_view promise) {
  if (condition) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(promise.size()),
               promise.data());
  std::abort();
}

void RequireFileError(const absl::Status& status, absl::string_view path) {
  Require(absl::IsInvalidArgument(status) || absl::IsDataLoss(status),
          "an error of the file is INVALID_ARGUMENT or DATA_LOSS");
  Require(absl::StartsWith(status.message(), path) &&
              status.message().size() > path.size() + 2,
          "a sentence begins with the path");
}

void RequireInvalidArgument(const absl::Status& status) {
  Require(absl::IsInvalidArgument(status), "an error is INVALID_ARGUMENT");
  Require(!status.message().empty(), "an error has a sentence");
}

MemoryFile::MemoryFile(absl::string_view bytes)
    : descriptor_(memfd_create("akin-fuzz", MFD_CLOEXEC)),
      path_(absl::StrCat("/proc/self/fd/", descriptor_)) {
  Require(descriptor_ >= 0, "a file in memory");
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    Require(written > 0, "a file in memory takes bytes");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

MemoryFile::~MemoryFile() { close(descriptor_); }

}  // namespace akin
