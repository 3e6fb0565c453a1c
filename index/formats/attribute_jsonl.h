// Attributes as a JSON object a line: attribute_file.h says how.

#ifndef AKIN_INDEX_FORMATS_ATTRIBUTE_JSONL_H_
#define AKIN_INDEX_FORMATS_ATTRIBUTE_JSONL_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/attribute_file.h"
#include "index/formats/byte_stream.h"

namespace akin {

class AttributeJsonl final : public AttributeFile {
 public:
  explicit AttributeJsonl(std::unique_ptr<ByteStream> stream)
      : AttributeFile(std::move(stream)) {}

  absl::string_view format() const override { return "JSONL"; }
  absl::StatusOr<bool> Next(AttributeRow* row) override;

 private:
  class Handler;

  uint64_t line_number_ = 0;
  std::vector<uint64_t> last_line_;  // that had a value, by column
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_ATTRIBUTE_JSONL_H_
