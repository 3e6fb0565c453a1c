#include "index/formats/zip_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr size_t kBlockBytes = size_t{64} << 10;
constexpr uint64_t kMaxDirectoryBytes = uint64_t{1} << 20;

template <size_t N>
constexpr absl::string_view Bytes(const char (&text)[N]) {
  return absl::string_view(text, N - 1);
}

uint64_t Load(absl::string_view bytes, size_t offset, size_t count) {
  uint64_t value = 0;
  for (size_t i = count; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

}  // namespace

bool IsZip(absl::string_view head) {
  return absl::StartsWith(head, Bytes("PK\x03\x04")) ||
         absl::StartsWith(head, Bytes("PK\x05\x06"));
}

ZipArchive::ZipArchive(std::string path, std::unique_ptr<StoredFile> file)
    : path_(std::move(path)),
      file_(std::move(file)),
      archive_(archive_read_new()),
      block_(std::make_unique_for_overwrite<char[]>(kBlockBytes)) {}

ZipArchive::~ZipArchive() { archive_read_free(archive_); }

absl::StatusOr<std::unique_ptr<ZipArchive>> ZipArchive::Open(
    const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<StoredFile> file,
                        StoredFile::Open(path));
  if (!file->size().has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": a zip archive can be read only from a regular file"));
  }
  std::unique_ptr<ZipArchive> zip(new ZipArchive(path, std::move(file)));
  AKIN_RETURN_IF_ERROR(zip->CheckDirectory());
  if (!zip->empty_) AKIN_RETURN_IF_ERROR(zip->Start());
  return zip;
}

// libarchive keeps all of the directory in memory. It looks for its end in the
// last 16 KiB of the file, and so does this.
absl::Status ZipArchive::CheckDirectory() {
  constexpr size_t kTailBytes = size_t{16} << 10;
  constexpr size_t kEndBytes = 22;
  constexpr size_t kLocatorBytes = 20;
  constexpr uint64_t kNone = 0xFFFF'FFFFu;
  const uint64_t size = *file_->size();
  std::vector<char> bytes(std::min<uint64_t>(kTailBytes, size));
  const uint64_t begin = size - bytes.size();
  AKIN_ASSIGN_OR_RETURN(const size_t got,
                        file_->ReadAt(begin, bytes.data(), bytes.size()));
  const absl::string_view tail(bytes.data(), got);
  const size_t end = tail.rfind(Bytes("PK\x05\x06"));
  if (end == tail.npos || tail.size() - end < kEndBytes) {
    return absl::DataLossError(absl::StrCat(
        path_,
        ": truncated: the directory at the end of the zip archive is "
        "not there"));
  }
  empty_ = size == kEndBytes;  // libarchive does not know it for a zip archive
  uint64_t directory = size;
  if (const uint64_t at = Load(tail, end + 16, 4); at != kNone) directory = at;
  if (end >= kLocatorBytes &&
      tail.substr(end - kLocatorBytes, 4) == Bytes("PK\x06\x07")) {
    char record[56];
    AKIN_ASSIGN_OR_RETURN(
        const size_t read,
        file_->ReadAt(std::min(size, Load(tail, end - kLocatorBytes + 8, 8)),
                      record, sizeof(record)));
    if (read == sizeof(record)) {
      directory = std::min(
          directory, Load(absl::string_view(record, sizeof(record)), 48, 8));
    }
  }
  const uint64_t taken = size - std::min(directory, size);
  if (taken <= kMaxDirectoryBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path_, ": the directory of the zip archive takes ", taken,
                   " bytes, expected at most ", kMaxDirectoryBytes));
}

ssize_t ZipArchive::HandOver(struct archive* archive, void* self,
                             const void** block) {
  auto* zip = static_cast<ZipArchive*>(self);
  const absl::StatusOr<size_t> got =
      zip->file_->ReadAt(zip->offset_, zip->block_.get(), kBlockBytes);
  if (!got.ok()) {
    zip->file_error_ = got.status();
    archive_set_error(archive, EIO, "the file cannot be read");
    return ARCHIVE_FATAL;
  }
  zip->offset_ += *got;
  *block = zip->block_.get();
  return static_cast<ssize_t>(*got);
}

int64_t ZipArchive::Seek(struct archive* /*archive*/, void* self,
                         int64_t offset, int whence) {
  auto* zip = static_cast<ZipArchive*>(self);
  const auto size = static_cast<int64_t>(*zip->file_->size());
  const int64_t from = whence == SEEK_SET   ? 0
                       : whence == SEEK_CUR ? static_cast<int64_t>(zip->offset_)
                                            : size;
  // Of numbers in the file, which may be any.
  if (offset > size - from || offset < -from) return ARCHIVE_FATAL;
  zip->offset_ = static_cast<uint64_t>(from + offset);
  return from + offset;
}

absl::Status ZipArchive::Start() {
  if (archive_ == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path_, ": no memory to read the zip archive"));
  }
  archive_read_support_format_zip_seekable(archive_);
  archive_read_set_read_callback(archive_, &HandOver);
  archive_read_set_seek_callback(archive_, &Seek);
  archive_read_set_callback_data(archive_, this);
  return archive_read_open1(archive_) == ARCHIVE_OK ? absl::OkStatus()
                                                    : Damaged();
}

absl::StatusOr<bool> ZipArchive::NextEntry() {
  if (empty_) return false;
  for (;;) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(archive_, &entry);
    if (result == ARCHIVE_EOF) return false;
    // A warning is about a name that is not in the locale's characters.
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return Damaged();
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) name = archive_entry_pathname(entry);
    if (name == nullptr || archive_entry_filetype(entry) != AE_IFREG) continue;
    name_ = name;
    if (archive_entry_is_encrypted(entry) != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path_, ": ", name_, " is encrypted"));
    }
    // Other methods take as much memory as the archive says: LZMA up to 4 GiB.
    const absl::string_view method =
        absl::NullSafeStringView(archive_format_name(archive_));
    if (!absl::EndsWith(method, "(uncompressed)") &&
        !absl::EndsWith(method, "(deflation)")) {
      return absl::InvalidArgumentError(
          absl::StrCat(path_, ": ", name_, " is compressed as ", method,
                       ", expected stored or deflated"));
    }
    size_.reset();
    if (archive_entry_size_is_set(entry) != 0) {
      const auto size = static_cast<uint64_t>(archive_entry_size(entry));
      if (size <= *file_->size()) size_ = size;
    }
    return true;
  }
}

absl::StatusOr<size_t> ZipArchive::Read(char* out, size_t bytes) {
  const la_ssize_t got = archive_read_data(archive_, out, bytes);
  if (got < 0) return Damaged();
  return static_cast<size_t>(got);
}

absl::Status ZipArchive::Damaged() const {
  if (!file_error_.ok()) return file_error_;
  const char* reason = archive_error_string(archive_);
  return absl::DataLossError(absl::StrCat(
      path_, ": damaged or truncated zip archive",
      reason == nullptr ? "" : ": ", reason == nullptr ? "" : reason));
}

}  // namespace akin
