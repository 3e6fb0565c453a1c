// Attributes as CSV: attribute_file.h says how.

#ifndef AKIN_INDEX_FORMATS_ATTRIBUTE_CSV_H_
#define AKIN_INDEX_FORMATS_ATTRIBUTE_CSV_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/attribute_file.h"
#include "index/formats/byte_stream.h"
#include "index/formats/csv_reader.h"

namespace akin {

class AttributeCsv final : public AttributeFile {
 public:
  // Reads the header.
  static absl::StatusOr<std::unique_ptr<AttributeFile>> Open(
      std::unique_ptr<ByteStream> stream,
      const std::vector<AttributeDeclaration>& declared);

  absl::string_view format() const override { return "CSV"; }
  absl::StatusOr<bool> Next(AttributeRow* row) override;

 private:
  explicit AttributeCsv(std::unique_ptr<ByteStream> stream)
      : AttributeFile(std::move(stream)), reader_(stream_.get()) {}

  absl::Status ReadHeader(const std::vector<AttributeDeclaration>& declared);
  absl::Status AddColumn(const std::string& header);
  absl::StatusOr<AttributeField> Parse(const Column& column,
                                       std::string text) const;

  CsvReader reader_;
  std::vector<std::string> fields_;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_ATTRIBUTE_CSV_H_
