// A side file of attributes: typed values by id, read as a stream of rows.
//
//   {"id": "m1", "year": 1990, "genre": ["Drama", "War"], "seen": null}  JSONL
//   movie,year:int,genre:keyword_list,title                              CSV
//   m1,1990,Drama|War,"Life, and nothing more"
//
// Which it is shows in the first byte; plain or compressed as all trained files
// are (byte_stream.h). In JSONL every line is an object with an "id", a string
// or a whole number; in CSV the first column is the id, the lists' keywords
// have | between them, and the header, or who calls, may say types. No value is
// what is null, a list of none, or an empty field of CSV; "" in JSONL is a
// text. Times of a timestamp are RFC 3339.
//
// What holds for all columns (one type, lengths, UTF-8) AttributesBuilder
// checks. Memory is that of a row and of the columns' names. Not thread-safe.

#ifndef AKIN_INDEX_FORMATS_ATTRIBUTE_FILE_H_
#define AKIN_INDEX_FORMATS_ATTRIBUTE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/attribute_value.h"
#include "index/formats/byte_stream.h"

namespace akin {

struct AttributeDeclaration {
  std::string name;
  AttributeType type = AttributeType::kKeyword;
};

// "year:int,added:timestamp". INVALID_ARGUMENT: not that, a name that is not
// legal or is there twice, no such type.
absl::StatusOr<std::vector<AttributeDeclaration>> ParseAttributeDeclarations(
    absl::string_view text);

// One value, or a list.
using AttributeField =
    std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;

struct AttributeRow {
  uint64_t line = 0;  // where it begins, from 1
  std::string id;     // may be empty, and of any length
  // By the column's number; no column twice.
  std::vector<std::pair<size_t, AttributeField>> fields;
};

class AttributeFile {
 public:
  struct Column {
    std::string name;
    std::optional<AttributeType> type;  // as declared
    bool is_text = false;  // of CSV without a type: texts that may be numbers
  };

  // INVALID_ARGUMENT: an empty file, a header that is none, a declaration of a
  // column that a CSV file has not, or has with another type; with the path.
  // Others: what ByteStream says.
  static absl::StatusOr<std::unique_ptr<AttributeFile>> Open(
      const std::string& path,
      const std::vector<AttributeDeclaration>& declared);

  virtual ~AttributeFile() = default;

  // "JSONL" or "CSV".
  virtual absl::string_view format() const = 0;

  // Those met so far, the declared ones first. Names are legal and distinct, at
  // most kMaxAttributes.
  const std::vector<Column>& columns() const { return columns_; }

  // False at the end. A field of a declared column has its type, but for ints
  // of a column of floats; a timestamp is an int64_t. INVALID_ARGUMENT: a line
  // that is no row, or a value that is none of its column's type, with path and
  // line. Others: what ByteStream says.
  virtual absl::StatusOr<bool> Next(AttributeRow* row) = 0;

  virtual uint64_t bytes_read() const { return stream_->stored_bytes_read(); }

 protected:
  // Who has no stream has a bytes_read of its own, and no use for Wrong.
  explicit AttributeFile(std::unique_ptr<ByteStream> stream)
      : stream_(std::move(stream)) {}

  absl::Status Declare(const std::vector<AttributeDeclaration>& declared);
  // The column's number, which is a new one for a new name.
  absl::StatusOr<size_t> ColumnOf(absl::string_view name);
  // INVALID_ARGUMENT: "<path>: line <line>: <what>".
  absl::Status Wrong(uint64_t line, absl::string_view what) const;

  const std::unique_ptr<ByteStream> stream_;
  std::vector<Column> columns_;
};

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_ATTRIBUTE_FILE_H_
