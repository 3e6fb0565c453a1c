#include "index/formats/decoder.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr size_t kBlockBytes = size_t{256} << 10;

absl::string_view Name(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
    case Compression::kXz:
      return "xz";
    case Compression::kBzip2:
      return "bzip2";
    case Compression::kNone:
      break;
  }
  return "no";
}

int FilterCode(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return ARCHIVE_FILTER_GZIP;
    case Compression::kZstd:
      return ARCHIVE_FILTER_ZSTD;
    case Compression::kXz:
      return ARCHIVE_FILTER_XZ;
    case Compression::kBzip2:
      return ARCHIVE_FILTER_BZIP2;
    case Compression::kNone:
      break;
  }
  return ARCHIVE_FILTER_NONE;
}

}  // namespace

Compression FindCompression(absl::string_view head) {
  if (absl::StartsWith(head, "\x1F\x8B")) return Compression::kGzip;
  if (absl::StartsWith(head, "\x28\xB5\x2F\xFD")) return Compression::kZstd;
  if (absl::StartsWith(head, absl::string_view("\xFD"
                                               "7zXZ\0",
                                               6))) {
    return Compression::kXz;
  }
  // "BZh9" alone could be a word; a block or the end of the stream follows.
  if (absl::StartsWith(head, "BZh") && head.size() >= 10) {
    const absl::string_view block = head.substr(4, 6);
    if (block == "\x31\x41\x59\x26\x53\x59" ||
        block == "\x17\x72\x45\x38\x50\x90") {
      return Compression::kBzip2;
    }
  }
  return Compression::kNone;
}

Decoder::Decoder(std::string path, std::unique_ptr<StoredFile> file,
                 absl::string_view head, Compression compression)
    : path_(std::move(path)),
      compression_(compression),
      file_(std::move(file)),
      archive_(archive_read_new()),
      block_(std::make_unique<char[]>(std::max(head.size(), kBlockBytes))),
      head_bytes_(head.size()) {
  std::memcpy(block_.get(), head.data(), head.size());
}

Decoder::~Decoder() { archive_read_free(archive_); }

absl::StatusOr<std::unique_ptr<Decoder>> Decoder::Open(
    const std::string& path, std::unique_ptr<StoredFile> file,
    absl::string_view head, Compression compression) {
  std::unique_ptr<Decoder> decoder(
      new Decoder(path, std::move(file), head, compression));
  AKIN_RETURN_IF_ERROR(decoder->Start());
  return decoder;
}

ssize_t Decoder::HandOver(struct archive* archive, void* self,
                          const void** block) {
  auto* decoder = static_cast<Decoder*>(self);
  size_t bytes = std::exchange(decoder->head_bytes_, 0);
  if (bytes == 0) {
    absl::StatusOr<size_t> got =
        decoder->file_->Read(decoder->block_.get(), kBlockBytes);
    if (!got.ok()) {
      decoder->status_ = got.status();
      archive_set_error(archive, EIO, "the file cannot be read");
      return ARCHIVE_FATAL;
    }
    bytes = *got;
  }
  decoder->handed_over_ += bytes;
  *block = decoder->block_.get();
  return static_cast<ssize_t>(bytes);
}

absl::Status Decoder::Start() {
  if (archive_ == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path_, ": no memory to decompress it"));
  }
  if (archive_read_append_filter(archive_, FilterCode(compression_)) !=
      ARCHIVE_OK) {
    return absl::UnimplementedError(absl::StrCat(
        path_, ": this libarchive cannot read ", Name(compression_), " data"));
  }
  archive_read_support_format_raw(archive_);
  archive_read_support_format_empty(archive_);
  // An error in the first block does not fail the call: the file would pass
  // for an empty one.
  if (archive_read_open(archive_, this, nullptr, &HandOver, nullptr) !=
          ARCHIVE_OK ||
      archive_errno(archive_) != 0) {
    return Damaged();
  }
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(archive_, &entry);
  if (result == ARCHIVE_EOF) {  // compressed nothing
    ended_ = true;
    return CheckEnd();
  }
  return result == ARCHIVE_OK ? absl::OkStatus() : Damaged();
}

absl::StatusOr<size_t> Decoder::Read(char* out, size_t bytes) {
  if (!status_.ok()) return status_;
  if (ended_) return size_t{0};
  const la_ssize_t got = archive_read_data(archive_, out, bytes);
  if (got < 0) return status_ = Damaged();
  if (got == 0) {
    ended_ = true;
    status_ = CheckEnd();
    if (!status_.ok()) return status_;
    return size_t{0};
  }
  const auto count = static_cast<size_t>(got);
  decoded_ += count;
  if (compression_ == Compression::kGzip) {
    crc_ = ExtendGzipCrc(crc_, absl::string_view(out, count));
  }
  return count;
}

// libarchive takes the first thing it does not know for the end of the data.
absl::Status Decoder::CheckEnd() {
  const auto used = static_cast<uint64_t>(archive_filter_bytes(archive_, -1));
  const void* block;
  uint64_t behind = handed_over_ - std::min(used, handed_over_);
  if (behind == 0) {
    const ssize_t more = HandOver(archive_, this, &block);
    if (more < 0) return status_;
    behind = static_cast<uint64_t>(more);
  }
  if (behind > 0) {
    const absl::string_view name = Name(compression_);
    return absl::DataLossError(
        used == 0
            ? absl::StrCat(path_, ": begins like ", name,
                           " data, but is truncated or something else")
            : absl::StrCat(path_, ": byte ", used, ": bytes that are no ", name,
                           " data stand behind the ", name, " data"));
  }
  if (compression_ != Compression::kGzip) return absl::OkStatus();
  return CheckGzipSums(path_, *file_, crc_, decoded_);
}

absl::Status Decoder::Damaged() const {
  if (!status_.ok()) return status_;  // reading the file failed, not decoding
  const char* reason = archive_error_string(archive_);
  return absl::DataLossError(absl::StrCat(
      path_, ": damaged or truncated ", Name(compression_), " data",
      reason == nullptr ? "" : ": ", reason == nullptr ? "" : reason));
}

}  // namespace akin
