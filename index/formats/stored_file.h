// A file as it is stored: bytes in order, errors as sentences.

#ifndef AKIN_INDEX_FORMATS_STORED_FILE_H_
#define AKIN_INDEX_FORMATS_STORED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace akin {

// Where a ByteStream gets its bytes from. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Reads 1..`bytes` bytes into `out`; 0 only at the end.
  virtual absl::StatusOr<size_t> Read(char* out, size_t bytes) = 0;

  // Passes over up to `bytes` bytes without reading them, and returns how many
  // they were; 0 where all have to be read.
  virtual absl::StatusOr<uint64_t> Skip(uint64_t /*bytes*/) {
    return uint64_t{0};
  }

  // Bytes of the stored file taken so far.
  virtual uint64_t stored_bytes_read() const = 0;
};

class StoredFile final : public ByteSource {
 public:
  // A regular file, or a pipe or device that can be read once from its start.
  // NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (a folder).
  static absl::StatusOr<std::unique_ptr<StoredFile>> Open(
      const std::string& path);

  ~StoredFile() override;
  StoredFile(const StoredFile&) = delete;
  StoredFile& operator=(const StoredFile&) = delete;

  absl::StatusOr<size_t> Read(char* out, size_t bytes) override;
  absl::StatusOr<uint64_t> Skip(uint64_t bytes) override;
  uint64_t stored_bytes_read() const override { return offset_; }

  // Reads up to `bytes` at `offset`, wherever Read stands; fewer at the end.
  absl::StatusOr<size_t> ReadAt(uint64_t offset, char* out, size_t bytes) const;

  // When it was opened; only a regular file has a size.
  std::optional<uint64_t> size() const { return size_; }

 private:
  StoredFile(std::string path, int descriptor, std::optional<uint64_t> size)
      : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

  const std::string path_;
  const int descriptor_;
  const std::optional<uint64_t> size_;
  uint64_t offset_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_STORED_FILE_H_
