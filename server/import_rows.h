// The rows of an import that come as they are, in no file: what a message of
// them may say, and how it lies on the disk.
//
// A spool of rows is one block behind the other, each a message as it came:
//
//   "akr1"  uint32 length  uint32 CRC-32C of length and message  message
//
// little-endian, the message an ImportRows of `length` bytes.

#ifndef AKIN_SERVER_IMPORT_ROWS_H_
#define AKIN_SERVER_IMPORT_ROWS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/formats/stored_file.h"

namespace akin::server {

// INVALID_ARGUMENT: not a vector of the table's dimension for each id, numbers
// of no known dtype.
absl::Status CheckRowVectors(const v1::ImportTable& table,
                             const v1::ImportRows& rows);

// The same, and: no ids, more rows than the table may have, attributes of some
// rows only, or an id that is none; the build counts and leaves out those that
// are empty or over-long where the table skips bad rows. What attributes say is
// left to RowColumns.
absl::Status CheckImportRows(const v1::ImportTable& table,
                             const v1::ImportRows& rows);

std::string MakeRowBlock(const v1::ImportRows& rows);

// Reads the blocks of a spool. Not thread-safe.
class RowBlocks {
 public:
  // What the system says, with the path.
  static absl::StatusOr<std::unique_ptr<RowBlocks>> Open(
      const std::string& path);

  // False at the end. DATA_LOSS: what lies there is no whole block, with path
  // and byte; there is nothing to be read behind it.
  absl::StatusOr<bool> Next(v1::ImportRows* rows);

  // Of the blocks that were read.
  uint64_t bytes_read() const { return offset_; }

 private:
  RowBlocks(std::string path, std::unique_ptr<StoredFile> file)
      : path_(std::move(path)), file_(std::move(file)) {}

  absl::Status Damaged() const;

  const std::string path_;
  const std::unique_ptr<StoredFile> file_;
  uint64_t offset_ = 0;
  std::string bytes_;  // of a block
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_ROWS_H_
