// A file for the time of a benchmark.

#ifndef AKIN_TESTS_BENCH_SCRATCH_FILE_H_
#define AKIN_TESTS_BENCH_SCRATCH_FILE_H_

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace akin::bench {

// Has no name in any folder, so nothing is left behind however the benchmark
// ends; path() leads through this process' open file and holds as long as the
// object, also in children.
class ScratchFile {
 public:
  // In TMPDIR, or /tmp.
  static absl::StatusOr<ScratchFile> Create();

  ~ScratchFile();
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;

  absl::Status Write(absl::string_view bytes);

  // Puts what was written on the disk, so that the kernel does not do it while
  // something is measured, and reads it once, so that it lies in the page
  // cache.
  absl::Status Settle();

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }

 private:
  explicit ScratchFile(std::FILE* file);

  std::FILE* file_;
  std::string path_;
  uint64_t size_ = 0;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SCRATCH_FILE_H_
