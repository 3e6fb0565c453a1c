// The rows of one table of an import on the server's disk: a SpoolFile of the
// blocks that import_rows.h describes.
//
// Not thread-safe. Its calls wait for the disk. Errors are what the system
// says, with the path, if nothing else is said.

#ifndef AKIN_SERVER_IMPORT_ROW_SPOOL_H_
#define AKIN_SERVER_IMPORT_ROW_SPOOL_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "akin/v1/catalog_service.pb.h"
#include "server/import_row_columns.h"
#include "server/spool_file.h"

namespace akin::server {

class RowSpool {
 public:
  // Opens or creates `path`. The whole blocks that are there are its beginning,
  // up to the first that is damaged; what lies behind is to be sent again.
  // `table` has passed CheckImportBegin. INVALID_ARGUMENT: its attribute_types.
  static absl::StatusOr<RowSpool> Open(const std::string& path,
                                       const v1::ImportTable& table);

  const std::string& path() const { return file_.path(); }
  const v1::ImportTable& table() const { return table_; }
  uint64_t rows() const { return rows_; }
  uint64_t synced_rows() const { return synced_rows_; }  // on the disk
  const RowColumns& columns() const { return columns_; }

  // True if synced_rows() has grown: after each `sync_bytes`. INVALID_ARGUMENT:
  // not where the rows end, as CheckImportRows says, or their attributes.
  // With an error the spool is as it was, or as it is on the disk.
  absl::StatusOr<bool> Append(const v1::ImportRows& rows, uint64_t sync_bytes);

  // Brings all rows to the disk. INVALID_ARGUMENT: there are none, or fewer
  // than were announced.
  absl::Status Complete();

 private:
  RowSpool(SpoolFile file, const v1::ImportTable& table, RowColumns columns)
      : file_(std::move(file)), table_(table), columns_(std::move(columns)) {}

  absl::Status Recover();

  SpoolFile file_;
  v1::ImportTable table_;
  RowColumns columns_;
  uint64_t rows_ = 0;
  uint64_t synced_rows_ = 0;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_ROW_SPOOL_H_
