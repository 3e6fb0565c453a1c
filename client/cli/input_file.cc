#include "client/cli/input_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"

namespace akin::client {
namespace {

constexpr size_t kMaxBytes = size_t{64} << 20;

}  // namespace

absl::StatusOr<std::string> ReadInputFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rb"), &std::fclose);
  const auto unreadable = [&path] {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
  };
  if (file == nullptr) return unreadable();
  std::string bytes;
  char block[1 << 16];
  while (const size_t got = std::fread(block, 1, sizeof(block), file.get())) {
    bytes.append(block, got);
    if (bytes.size() > kMaxBytes) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": expected at most ", kMaxBytes >> 20, " MiB, got more"));
    }
  }
  if (std::ferror(file.get())) return unreadable();
  return bytes;
}

}  // namespace akin::client
