// CSV and TSV with ids: the first column is the id, the others are numbers;
// commas, semicolons or tabs between them; a header row or none.

#ifndef AKIN_INDEX_FORMATS_CSV_H_
#define AKIN_INDEX_FORMATS_CSV_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/byte_stream.h"
#include "index/formats/vector_source.h"

namespace akin {

struct CsvLayout {
  char separator = ',';
  uint64_t dimension = 0;
  bool has_header = false;
};

// What a file is whose first lines, as SampleLines has them, are `lines`;
// absent when it is no CSV. Lines with tabs are TSV only when all of them fit
// and there is a header row or a quoted id; otherwise they are GloVe text,
// where a quote is a character like others.
std::optional<CsvLayout> FindCsv(absl::Span<const absl::string_view> lines);

class Csv final : public VectorSource {
 public:
  // `stream` stands at the beginning; layout.dimension is 1..kMaxDimension.
  // Blank lines are passed over.
  Csv(std::unique_ptr<ByteStream> stream, const CsvLayout& layout);

  absl::string_view format() const override {
    return layout_.separator == '\t' ? "TSV" : "CSV";
  }
  uint32_t dimension() const override {
    return static_cast<uint32_t>(layout_.dimension);
  }
  std::optional<uint64_t> announced_rows() const override {
    return std::nullopt;
  }
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  uint64_t bytes_read() const override { return stream_->stored_bytes_read(); }

 private:
  const std::unique_ptr<ByteStream> stream_;
  const CsvLayout layout_;
  bool header_passed_ = false;
  uint64_t line_number_ = 0;
  std::string id_;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_CSV_H_
