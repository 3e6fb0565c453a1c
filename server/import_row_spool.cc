#include "server/import_row_spool.h"

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/attribute_file.h"
#include "server/import_begin.h"
#include "server/import_rows.h"

namespace akin::server {

absl::StatusOr<RowSpool> RowSpool::Open(const std::string& path,
                                        const v1::ImportTable& table) {
  std::vector<AttributeDeclaration> types;
  if (!table.attribute_types().empty()) {
    AKIN_ASSIGN_OR_RETURN(types,
                          ParseAttributeDeclarations(table.attribute_types()));
  }
  AKIN_ASSIGN_OR_RETURN(
      SpoolFile file,
      SpoolFile::Open(path, absl::StrCat("the rows of table ", table.name()),
                      kMostImportFileBytes));
  RowSpool spool(std::move(file), table, RowColumns(types));
  AKIN_RETURN_IF_ERROR(spool.Recover());
  return spool;
}

// The length of a file may outlive a power cut that its bytes do not.
absl::Status RowSpool::Recover() {
  AKIN_ASSIGN_OR_RETURN(const auto blocks, RowBlocks::Open(path()));
  v1::ImportRows rows;
  uint64_t good_bytes = 0;
  while (true) {
    const absl::StatusOr<bool> found = blocks->Next(&rows);
    if (absl::IsDataLoss(found.status())) break;
    AKIN_RETURN_IF_ERROR(found.status());
    if (!*found || rows.offset() != rows_ ||
        !CheckRowVectors(table_, rows).ok() || !columns_.Add(rows).ok()) {
      break;
    }
    rows_ += static_cast<uint64_t>(rows.ids_size());
    good_bytes = blocks->bytes_read();
  }
  synced_rows_ = rows_;
  if (good_bytes == file_.written()) return absl::OkStatus();
  return file_.Cut(good_bytes);
}

absl::StatusOr<bool> RowSpool::Append(const v1::ImportRows& rows,
                                      uint64_t sync_bytes) {
  if (rows.offset() != rows_) {
    return absl::InvalidArgumentError(
        absl::StrCat("a part of the rows of table ", table_.name(),
                     " begins at ", rows.offset(), ", expected ", rows_));
  }
  AKIN_RETURN_IF_ERROR(CheckImportRows(table_, rows));
  AKIN_RETURN_IF_ERROR(columns_.Add(rows));
  const auto grown =
      file_.Append(file_.written(), MakeRowBlock(rows), sync_bytes);
  if (!grown.ok()) {
    // No half of a block stays, nor what may not have reached the disk.
    file_.Cut(file_.synced()).IgnoreError();
    rows_ = synced_rows_;
    return grown.status();
  }
  rows_ += static_cast<uint64_t>(rows.ids_size());
  if (*grown) synced_rows_ = rows_;
  return grown;
}

absl::Status RowSpool::Complete() {
  const uint64_t announced = table_.rows().rows();
  if (rows_ == 0 || rows_ < announced) {
    return absl::InvalidArgumentError(absl::StrCat(
        "table ", table_.name(), " has ", rows_, " rows, expected ",
        announced == 0 ? "at least one" : absl::StrCat(announced)));
  }
  if (absl::Status synced = file_.Sync(); !synced.ok()) {
    rows_ = synced_rows_;  // as it has cut the file
    return synced;
  }
  synced_rows_ = rows_;
  return absl::OkStatus();
}

}  // namespace akin::server
