// word2vec binary: the header line, then per row the id, a space, and the
// numbers as little-endian float32; some writers add a newline after each row.

#ifndef AKIN_INDEX_FORMATS_WORD2VEC_BINARY_H_
#define AKIN_INDEX_FORMATS_WORD2VEC_BINARY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/limits.h"
#include "index/formats/byte_stream.h"
#include "index/formats/vector_source.h"
#include "index/formats/word2vec_header.h"

namespace akin {

// Ids up to here are read, and left to the table to refuse; a longer one means
// that this is not where a row begins.
inline constexpr size_t kMaxBinaryIdBytes = 8 * kMaxIdBytes;

class Word2vecBinary final : public VectorSource {
 public:
  // `stream` stands before the first row. DATA_LOSS from Next: the file ends
  // too early, or holds no id where one should be. INVALID_ARGUMENT: bytes
  // behind the last row.
  Word2vecBinary(std::unique_ptr<ByteStream> stream, const TableShape& shape);

  absl::string_view format() const override { return "word2vec binary"; }
  uint32_t dimension() const override { return shape_.dimension; }
  std::optional<uint64_t> announced_rows() const override;
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  uint64_t bytes_read() const override { return stream_->stored_bytes_read(); }

 private:
  absl::Status SkipNewlines();
  absl::Status CheckEnd();
  absl::Status Truncated() const;

  const std::unique_ptr<ByteStream> stream_;
  const TableShape shape_;
  uint64_t rows_seen_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_WORD2VEC_BINARY_H_
