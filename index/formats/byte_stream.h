// The bytes of a file of trained vectors: plain, or compressed with gzip, zstd,
// xz or bzip2 (seen from its first bytes) and then decoded on the way.
//
//   AKIN_ASSIGN_OR_RETURN(auto stream, ByteStream::Open(path));
//   AKIN_ASSIGN_OR_RETURN(absl::string_view magic, stream->Peek(6));
//   stream->Skip(magic.size());
//
// Memory is one buffer of 512 KiB, which grows to kMaxPeekBytes at most.
// Every error names the file: DATA_LOSS for compressed data that is truncated
// or damaged, otherwise what the system said. Not to be used after an error.
// Not thread-safe.

#ifndef AKIN_INDEX_FORMATS_BYTE_STREAM_H_
#define AKIN_INDEX_FORMATS_BYTE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/stored_file.h"

namespace akin {

class ByteStream {
 public:
  // A number of a vector is seldom longer than 25 bytes, so a line of
  // kMaxDimension numbers has 0.8 MiB.
  static constexpr size_t kMaxPeekBytes = size_t{4} << 20;

  static absl::StatusOr<std::unique_ptr<ByteStream>> Open(
      const std::string& path);

  // The bytes of `source`: `path` is for messages, `size` how many they are, if
  // that is known and no more than what is stored.
  static std::unique_ptr<ByteStream> Over(const std::string& path,
                                          std::unique_ptr<ByteSource> source,
                                          std::optional<uint64_t> size);

  // The next bytes, without consuming them: `bytes` (at most kMaxPeekBytes) of
  // them, fewer only at the end. Valid until the next Peek or ReadLine.
  absl::StatusOr<absl::string_view> Peek(size_t bytes);

  // Consumes bytes that Peek showed.
  void Skip(size_t bytes) { begin_ += bytes; }

  // Consumes up to `bytes` bytes, seen or not, and returns how many they were:
  // fewer only at the end. Seeks where it can. Ends what Peek showed.
  absl::StatusOr<uint64_t> SkipAhead(uint64_t bytes);

  // Consumes the next line and its '\n', which `line` does not show; the last
  // line may lack it. False at the end. `line` is valid as after Peek.
  // INVALID_ARGUMENT: a line longer than kMaxPeekBytes.
  absl::StatusOr<bool> ReadLine(absl::string_view* line);

  // Of the next byte, in the decoded stream.
  uint64_t offset() const { return buffer_offset_ + begin_; }

  // How many bytes follow, when that is known: for a plain file. It may shrink
  // or grow meanwhile, so they are a bound to check against, not a promise.
  std::optional<uint64_t> remaining() const {
    if (!size_.has_value()) return std::nullopt;
    return *size_ > offset() ? *size_ - offset() : 0;
  }

  uint64_t stored_bytes_read() const {
    return plain_ ? offset() : source_->stored_bytes_read();
  }
  const std::string& path() const { return path_; }

 private:
  explicit ByteStream(const std::string& path) : path_(path) {}

  absl::Status Fill();
  absl::string_view buffered() const {
    return absl::string_view(buffer_.get() + begin_, end_ - begin_);
  }

  const std::string path_;
  std::unique_ptr<ByteSource> source_;
  std::optional<uint64_t> size_;
  bool plain_ = false;   // the source is the file itself
  bool at_end_ = false;  // of the source
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;  // the buffered bytes are [begin_, end_)
  size_t end_ = 0;
  uint64_t buffer_offset_ = 0;  // of buffer_[0], in the decoded stream
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_BYTE_STREAM_H_
