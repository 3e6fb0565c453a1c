// A repository that a server follows while versions are sealed into it: model
// swap, with tables users (exact) and items (a graph), as swap_answers.h says.

#ifndef AKIN_TESTS_BENCH_VERSIONS_SWAP_REPOSITORY_H_
#define AKIN_TESTS_BENCH_VERSIONS_SWAP_REPOSITORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index/version/repository.h"

namespace akin::bench {

inline constexpr char kSwapModel[] = "swap";
inline constexpr char kSwapUsers[] = "users";
inline constexpr char kSwapItems[] = "items";

// A folder in TMPDIR, or /tmp, that goes away with the object.
class ScratchFolder {
 public:
  static absl::StatusOr<ScratchFolder> Create();
  ~ScratchFolder();
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

struct SwapSizes {
  size_t items = 0;  // at least 2
  size_t users = 0;
  size_t dimension = 0;
};

// Builds both runs (swap_answers.h) on all processors and seals them as
// versions 1 and 2 of `repository`, unless they are there.
absl::Status SealRuns(const SwapSizes& sizes, const std::string& repository);

// A version of `repository` with the files of version 1 or 2 of `runs`,
// whichever is of its run. Not visible before Publish.
absl::StatusOr<std::unique_ptr<VersionBuild>> PrepareVersion(
    const std::string& runs, const std::string& repository, int64_t version);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_VERSIONS_SWAP_REPOSITORY_H_
