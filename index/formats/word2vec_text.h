// Text files: word2vec with its header, GloVe without, fastText .vec.

#ifndef AKIN_INDEX_FORMATS_WORD2VEC_TEXT_H_
#define AKIN_INDEX_FORMATS_WORD2VEC_TEXT_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/byte_stream.h"
#include "index/formats/vector_source.h"
#include "index/formats/word2vec_header.h"

namespace akin {

class Word2vecText final : public VectorSource {
 public:
  // `stream` stands before the first row. `rows` is absent without a header;
  // with one, rows missing (DATA_LOSS) or left over (INVALID_ARGUMENT) end the
  // file with an error. Blank lines are bad rows, at the file's end nothing.
  Word2vecText(std::unique_ptr<ByteStream> stream, uint32_t dimension,
               std::optional<uint64_t> rows);

  absl::string_view format() const override;
  uint32_t dimension() const override { return dimension_; }
  std::optional<uint64_t> announced_rows() const override;
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  uint64_t bytes_read() const override { return stream_->stored_bytes_read(); }

 private:
  absl::StatusOr<bool> ReadLine();
  absl::Status CheckEnd() const;

  const std::unique_ptr<ByteStream> stream_;
  const uint32_t dimension_;
  const std::optional<uint64_t> rows_;
  // The line read last, stripped; not yet returned while has_line_.
  absl::string_view line_;
  bool has_line_ = false;
  uint64_t line_number_ = 0;
  uint64_t blank_before_ = 0;  // blank lines before line_, not yet returned
  uint64_t rows_seen_ = 0;
  uint64_t blank_seen_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_WORD2VEC_TEXT_H_
