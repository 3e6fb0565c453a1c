// .npy: a 2-D array that numpy.save wrote, one row a vector. It holds no ids:
// they are the lines of a second file, or else the row numbers 0..n-1.

#ifndef AKIN_INDEX_FORMATS_NPY_H_
#define AKIN_INDEX_FORMATS_NPY_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/byte_stream.h"
#include "index/formats/npy_header.h"
#include "index/formats/vector_source.h"

namespace akin {

class Npy final : public VectorSource {
 public:
  // `stream` stands before the magic. `ids` may be null. Errors of the header:
  // npy_header.h. From Next, INVALID_ARGUMENT: not as many ids as rows, or
  // bytes behind the last row; DATA_LOSS: the file ends too early.
  static absl::StatusOr<std::unique_ptr<VectorSource>> Open(
      std::unique_ptr<ByteStream> stream, std::unique_ptr<ByteStream> ids);

  absl::string_view format() const override { return "npy"; }
  uint32_t dimension() const override { return header_.shape.dimension; }
  std::optional<uint64_t> announced_rows() const override;
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  uint64_t bytes_read() const override { return stream_->stored_bytes_read(); }

 private:
  Npy(std::unique_ptr<ByteStream> stream, std::unique_ptr<ByteStream> ids,
      const NpyHeader& header);

  absl::Status ReadId(SourceRow* row);
  absl::Status CheckEnd();
  absl::Status WrongIdCount(uint64_t ids) const;

  const std::unique_ptr<ByteStream> stream_;
  const std::unique_ptr<ByteStream> ids_;
  const NpyHeader header_;
  uint64_t rows_seen_ = 0;
  char number_[24];  // the id of a row without an ids file
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_NPY_H_
