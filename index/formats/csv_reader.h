// Records of a CSV file as RFC 4180 has it: commas between fields, which may
// stand in quotes, and may then hold commas, line ends and doubled quotes.
//
// Not thread-safe.

#ifndef AKIN_INDEX_FORMATS_CSV_READER_H_
#define AKIN_INDEX_FORMATS_CSV_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/formats/byte_stream.h"

namespace akin {

class CsvReader {
 public:
  // `stream` outlives the reader.
  explicit CsvReader(ByteStream* stream) : stream_(*stream) {}

  // The next record that is no blank line; false at the end. INVALID_ARGUMENT:
  // a quote in the middle of a field, or one that is never closed, with path
  // and line. Others: what the stream says.
  absl::StatusOr<bool> Next(std::vector<std::string>* fields);

  // Where the last record began, from 1.
  uint64_t line() const { return record_line_; }

 private:
  absl::StatusOr<bool> ReadLine(std::string* line);
  absl::Status Wrong(absl::string_view what) const;

  ByteStream& stream_;
  std::string text_;  // of the record
  uint64_t line_number_ = 0;
  uint64_t record_line_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_CSV_READER_H_
