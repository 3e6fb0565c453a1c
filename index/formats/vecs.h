// fvecs and bvecs: each row is its dimension as int32, then as many float32 or
// uint8 numbers. They hold no ids.

#ifndef AKIN_INDEX_FORMATS_VECS_H_
#define AKIN_INDEX_FORMATS_VECS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/byte_stream.h"
#include "index/formats/raw_format.h"
#include "index/formats/row_ids.h"
#include "index/formats/stored_number.h"
#include "index/formats/vector_source.h"

namespace akin {

class Vecs final : public VectorSource {
 public:
  // `format` is kFvecs or kBvecs; `stream` stands at the file's beginning.
  // INVALID_ARGUMENT: the first row's dimension is out of range. DATA_LOSS,
  // here or from Next: the file ends within a row, or a row has another
  // dimension. Others: row_ids.h.
  static absl::StatusOr<std::unique_ptr<VectorSource>> Open(
      RawFormat format, std::unique_ptr<ByteStream> stream,
      const std::string& ids_path);

  absl::string_view format() const override { return format_; }
  uint32_t dimension() const override { return dimension_; }
  std::optional<uint64_t> announced_rows() const override { return rows_; }
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  uint64_t bytes_read() const override { return stream_->stored_bytes_read(); }

 private:
  Vecs(absl::string_view format, NumberType type, uint32_t dimension,
       std::unique_ptr<ByteStream> stream)
      : format_(format),
        type_(type),
        dimension_(dimension),
        stream_(std::move(stream)) {}

  size_t row_bytes() const {
    return sizeof(uint32_t) + dimension_ * BytesOf(type_);
  }

  const absl::string_view format_;
  const NumberType type_;
  const uint32_t dimension_;
  const std::unique_ptr<ByteStream> stream_;
  std::optional<uint64_t> rows_;  // where the file's size is known
  std::unique_ptr<RowIds> ids_;
  uint64_t rows_seen_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_VECS_H_
