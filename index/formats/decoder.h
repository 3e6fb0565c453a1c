// Decompresses a stored file with libarchive.

#ifndef AKIN_INDEX_FORMATS_DECODER_H_
#define AKIN_INDEX_FORMATS_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/gzip_check.h"
#include "index/formats/stored_file.h"

struct archive;

namespace akin {

enum class Compression { kNone, kGzip, kZstd, kXz, kBzip2 };

// As many bytes as FindCompression needs to see.
inline constexpr size_t kCompressionMagicBytes = 10;
Compression FindCompression(absl::string_view head);

// Several members or frames in a row are one stream. DATA_LOSS, naming the
// file: data that is truncated, damaged, or has other bytes behind it; never a
// short stream that looks whole.
class Decoder final : public ByteSource {
 public:
  // `head` is what was already read from `file`.
  static absl::StatusOr<std::unique_ptr<Decoder>> Open(
      const std::string& path, std::unique_ptr<StoredFile> file,
      absl::string_view head, Compression compression);

  ~Decoder() override;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  absl::StatusOr<size_t> Read(char* out, size_t bytes) override;
  uint64_t stored_bytes_read() const override { return handed_over_; }

 private:
  Decoder(std::string path, std::unique_ptr<StoredFile> file,
          absl::string_view head, Compression compression);

  // libarchive's read callback; `self` is the Decoder.
  static ssize_t HandOver(struct archive* archive, void* self,
                          const void** block);
  absl::Status Start();
  absl::Status CheckEnd();
  absl::Status Damaged() const;

  const std::string path_;
  const Compression compression_;
  const std::unique_ptr<StoredFile> file_;
  struct archive* const archive_;
  std::unique_ptr<char[]> block_;
  size_t head_bytes_;  // of block_, until they were handed over
  uint64_t handed_over_ = 0;
  uint64_t decoded_ = 0;
  uint32_t crc_ = 0;  // of what was decoded, for gzip
  bool ended_ = false;
  absl::Status status_;  // the first error
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_DECODER_H_
