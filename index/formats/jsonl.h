// JSONL (NDJSON): one object with "id" and "vector" a line. Other keys, such as
// attributes, are passed over.

#ifndef AKIN_INDEX_FORMATS_JSONL_H_
#define AKIN_INDEX_FORMATS_JSONL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/byte_stream.h"
#include "index/formats/vector_source.h"

namespace akin {

// Whether a file that begins like this has a JSON object on its first line.
bool IsJsonl(absl::string_view head);

class Jsonl final : public VectorSource {
 public:
  // `stream` stands at the beginning; `lines` are its first, as SampleLines has
  // them. INVALID_ARGUMENT: none of them is such an object, or their vectors
  // are too long. Blank lines are passed over.
  static absl::StatusOr<std::unique_ptr<VectorSource>> Open(
      std::unique_ptr<ByteStream> stream,
      absl::Span<const absl::string_view> lines);

  absl::string_view format() const override { return "JSONL"; }
  uint32_t dimension() const override { return dimension_; }
  std::optional<uint64_t> announced_rows() const override {
    return std::nullopt;
  }
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  uint64_t bytes_read() const override { return stream_->stored_bytes_read(); }

 private:
  Jsonl(std::unique_ptr<ByteStream> stream, uint32_t dimension)
      : stream_(std::move(stream)), dimension_(dimension) {}

  const std::unique_ptr<ByteStream> stream_;
  const uint32_t dimension_;
  uint64_t line_number_ = 0;
  std::string id_;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_JSONL_H_
