#include "tests/bench/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace akin::bench {
namespace {

absl::Status FailedTo(absl::string_view what) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " a scratch file: ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<ScratchFile> ScratchFile::Create() {
  const char* folder = std::getenv("TMPDIR");
  std::string path =
      absl::StrCat(folder != nullptr ? folder : "/tmp", "/akin-bench-XXXXXX");
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return FailedTo("make");
  unlink(path.c_str());
  std::FILE* file = fdopen(descriptor, "w+");
  if (file == nullptr) return FailedTo("open");
  return ScratchFile(file);
}

ScratchFile::ScratchFile(std::FILE* file)
    : file_(file),
      path_(absl::StrCat("/proc/", getpid(), "/fd/", fileno(file))) {}

ScratchFile::~ScratchFile() {
  if (file_ != nullptr) std::fclose(file_);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      path_(std::move(other.path_)),
      size_(other.size_) {}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(path_, other.path_);
  std::swap(size_, other.size_);
  return *this;
}

absl::Status ScratchFile::Write(absl::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    return FailedTo("write");
  }
  size_ += bytes.size();
  return absl::OkStatus();
}

absl::Status ScratchFile::Settle() {
  if (std::fflush(file_) != 0 || fdatasync(fileno(file_)) != 0) {
    return FailedTo("write");
  }
  std::vector<char> block(size_t{1} << 20);
  std::rewind(file_);
  while (std::fread(block.data(), 1, block.size(), file_) > 0) {
  }
  if (std::ferror(file_) != 0) return FailedTo("read");
  return absl::OkStatus();
}

}  // namespace akin::bench
