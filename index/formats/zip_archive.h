// The entries of a zip archive, stored or deflated, one after the other; read
// with libarchive, which compares their checksums.

#ifndef AKIN_INDEX_FORMATS_ZIP_ARCHIVE_H_
#define AKIN_INDEX_FORMATS_ZIP_ARCHIVE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/stored_file.h"

struct archive;

namespace akin {

// Whether a file that begins like this is one.
bool IsZip(absl::string_view head);

// Memory is a few MiB: an archive whose directory takes more than 1 MiB is
// refused. Not thread-safe.
class ZipArchive {
 public:
  // DATA_LOSS: truncated or damaged. INVALID_ARGUMENT: not a regular file, or
  // too large a directory. Errors name the file.
  static absl::StatusOr<std::unique_ptr<ZipArchive>> Open(
      const std::string& path);

  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  // Goes to the next entry that is a file; false behind the last.
  // INVALID_ARGUMENT: it is encrypted, or neither stored nor deflated.
  absl::StatusOr<bool> NextEntry();

  // Of the entry.
  const std::string& name() const { return name_; }
  // As its directory says; absent when that is more than the whole archive has,
  // so that it is no number to make room for.
  std::optional<uint64_t> size() const { return size_; }

  // Reads up to `bytes` bytes of the entry; 0 only at its end, where its
  // checksum was right.
  absl::StatusOr<size_t> Read(char* out, size_t bytes);

  // Where in the file reading stands.
  uint64_t offset() const { return offset_; }
  const std::string& path() const { return path_; }

 private:
  ZipArchive(std::string path, std::unique_ptr<StoredFile> file);

  // libarchive's callbacks; `self` is the ZipArchive.
  static ssize_t HandOver(struct archive* archive, void* self,
                          const void** block);
  static int64_t Seek(struct archive* archive, void* self, int64_t offset,
                      int whence);
  absl::Status CheckDirectory();
  absl::Status Start();
  absl::Status Damaged() const;

  const std::string path_;
  const std::unique_ptr<StoredFile> file_;
  struct archive* const archive_;
  std::unique_ptr<char[]> block_;
  bool empty_ = false;
  uint64_t offset_ = 0;
  std::string name_;
  std::optional<uint64_t> size_;
  absl::Status file_error_;
};

// The bytes of the entry at which an archive stands.
class ZipEntry final : public ByteSource {
 public:
  // `archive` outlives it.
  explicit ZipEntry(ZipArchive* archive) : archive_(archive) {}
  explicit ZipEntry(std::unique_ptr<ZipArchive> archive)
      : owned_(std::move(archive)), archive_(owned_.get()) {}

  absl::StatusOr<size_t> Read(char* out, size_t bytes) override {
    return archive_->Read(out, bytes);
  }
  uint64_t stored_bytes_read() const override { return archive_->offset(); }

 private:
  const std::unique_ptr<ZipArchive> owned_;
  ZipArchive* const archive_;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_ZIP_ARCHIVE_H_
