// A matrix of numbers, row by row without anything between, as npy, npz,
// safetensors and fbin hold it.

#ifndef AKIN_INDEX_FORMATS_DENSE_ROWS_H_
#define AKIN_INDEX_FORMATS_DENSE_ROWS_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/byte_stream.h"
#include "index/formats/row_ids.h"
#include "index/formats/stored_number.h"
#include "index/formats/vector_source.h"
#include "index/formats/word2vec_header.h"

namespace akin {

struct DenseLayout {
  absl::string_view format;  // a literal
  NumberType type;
  TableShape shape;
  uint64_t bytes_behind = 0;  // of other data, from the last row to the end
};

class DenseRows final : public VectorSource {
 public:
  // `stream` stands before the first row. From Next, INVALID_ARGUMENT: not as
  // many ids as rows, or bytes behind what the layout says; DATA_LOSS: the file
  // ends too early.
  DenseRows(std::unique_ptr<ByteStream> stream, std::unique_ptr<RowIds> ids,
            const DenseLayout& layout);

  absl::string_view format() const override { return layout_.format; }
  uint32_t dimension() const override { return layout_.shape.dimension; }
  std::optional<uint64_t> announced_rows() const override;
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  uint64_t bytes_read() const override { return stream_->stored_bytes_read(); }

 private:
  absl::Status CheckEnd();

  const std::unique_ptr<ByteStream> stream_;
  const std::unique_ptr<RowIds> ids_;
  const DenseLayout layout_;
  uint64_t rows_seen_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_DENSE_ROWS_H_
