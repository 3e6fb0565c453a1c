#include "index/formats/byte_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/decoder.h"

namespace akin {
namespace {

constexpr size_t kFirstCapacity = size_t{512} << 10;

}  // namespace

absl::StatusOr<std::unique_ptr<ByteStream>> ByteStream::Open(
    const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<StoredFile> file,
                        StoredFile::Open(path));
  char head[kCompressionMagicBytes];
  size_t bytes = 0;
  while (bytes < sizeof(head)) {
    AKIN_ASSIGN_OR_RETURN(const size_t got,
                          file->Read(head + bytes, sizeof(head) - bytes));
    if (got == 0) break;
    bytes += got;
  }
  std::unique_ptr<ByteStream> stream(new ByteStream(path));
  const absl::string_view seen(head, bytes);
  const Compression compression = FindCompression(seen);
  if (compression != Compression::kNone) {
    AKIN_ASSIGN_OR_RETURN(stream->source_, Decoder::Open(path, std::move(file),
                                                         seen, compression));
    return stream;
  }
  stream->plain_ = true;
  stream->size_ = file->size();
  stream->source_ = std::move(file);
  stream->capacity_ = kFirstCapacity;
  stream->buffer_ = std::make_unique_for_overwrite<char[]>(kFirstCapacity);
  std::memcpy(stream->buffer_.get(), head, bytes);
  stream->end_ = bytes;
  return stream;
}

std::unique_ptr<ByteStream> ByteStream::Over(const std::string& path,
                                             std::unique_ptr<ByteSource> source,
                                             std::optional<uint64_t> size) {
  std::unique_ptr<ByteStream> stream(new ByteStream(path));
  stream->source_ = std::move(source);
  stream->size_ = size;
  return stream;
}

absl::StatusOr<absl::string_view> ByteStream::Peek(size_t bytes) {
  while (end_ - begin_ < bytes && !at_end_) AKIN_RETURN_IF_ERROR(Fill());
  return buffered().substr(0, bytes);
}

absl::StatusOr<uint64_t> ByteStream::SkipAhead(uint64_t bytes) {
  uint64_t left = bytes;
  for (;;) {
    const auto ready =
        static_cast<size_t>(std::min<uint64_t>(left, end_ - begin_));
    begin_ += ready;
    left -= ready;
    if (left == 0 || at_end_) return bytes - left;
    // Nothing is buffered any more.
    AKIN_ASSIGN_OR_RETURN(const uint64_t passed, source_->Skip(left));
    buffer_offset_ += passed;
    left -= passed;
    AKIN_RETURN_IF_ERROR(Fill());
  }
}

absl::StatusOr<bool> ByteStream::ReadLine(absl::string_view* line) {
  size_t seen = 0;
  for (;;) {
    const absl::string_view ready = buffered();
    const void* feed =
        ready.size() == seen
            ? nullptr
            : std::memchr(ready.data() + seen, '\n', ready.size() - seen);
    if (feed != nullptr) {
      const auto bytes =
          static_cast<size_t>(static_cast<const char*>(feed) - ready.data());
      *line = ready.substr(0, bytes);
      begin_ += bytes + 1;
      return true;
    }
    if (at_end_) {
      *line = ready;
      begin_ = end_;
      return !ready.empty();
    }
    if (ready.size() >= kMaxPeekBytes) {
      return absl::InvalidArgumentError(absl::StrCat(path_, ": byte ", offset(),
                                                     ": a line longer than ",
                                                     kMaxPeekBytes, " bytes"));
    }
    seen = ready.size();
    AKIN_RETURN_IF_ERROR(Fill());
  }
}

// Reads once more from the source, behind the bytes buffered.
absl::Status ByteStream::Fill() {
  const size_t kept = end_ - begin_;
  if (kept == capacity_) {
    const size_t wanted = std::max(kFirstCapacity, capacity_ * 2);
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    if (kept > 0) std::memcpy(larger.get(), buffer_.get() + begin_, kept);
    buffer_ = std::move(larger);
    capacity_ = wanted;
  } else if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, kept);
  }
  buffer_offset_ += begin_;
  begin_ = 0;
  end_ = kept;
  AKIN_ASSIGN_OR_RETURN(const size_t got,
                        source_->Read(buffer_.get() + end_, capacity_ - end_));
  end_ += got;
  at_end_ = got == 0;
  return absl::OkStatus();
}

}  // namespace akin
