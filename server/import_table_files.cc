#include "server/import_table_files.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "index/base/status_macros.h"
#include "server/import_begin.h"
#include "server/import_row_source.h"

namespace akin::server {
namespace {

std::string PathOf(const std::optional<SpoolFile>& file) {
  return file ? file->path() : "";
}

}  // namespace

absl::StatusOr<ImportTableFiles> ImportTableFiles::Open(
    const std::string& folder, const std::string& model,
    const v1::ImportTable& table) {
  ImportTableFiles files(table);
  const std::string path = absl::StrCat(folder, "/", table.name());
  if (table.has_rows()) {
    AKIN_ASSIGN_OR_RETURN(RowSpool rows,
                          RowSpool::Open(absl::StrCat(path, ".rows"), table));
    files.rows_.emplace(std::move(rows));
    return files;
  }
  const std::string name = absl::StrCat("table ", model, "/", table.name());
  AKIN_RETURN_IF_ERROR(OpenFile(absl::StrCat(path, ".vectors"),
                                absl::StrCat(name, ": ", table.file_name()),
                                table.file_bytes(), &files.vectors_));
  AKIN_RETURN_IF_ERROR(OpenFile(absl::StrCat(path, ".ids"),
                                absl::StrCat(name, ": ", table.ids_file_name()),
                                table.ids_bytes(), &files.ids_));
  AKIN_RETURN_IF_ERROR(
      OpenFile(absl::StrCat(path, ".attributes"),
               absl::StrCat(name, ": ", table.attributes_file_name()),
               table.attributes_bytes(), &files.attributes_));
  return files;
}

absl::Status ImportTableFiles::OpenFile(const std::string& path,
                                        const std::string& name, uint64_t bytes,
                                        std::optional<SpoolFile>* file) {
  if (bytes == 0) return absl::OkStatus();
  AKIN_ASSIGN_OR_RETURN(SpoolFile opened, SpoolFile::Open(path, name, bytes));
  file->emplace(std::move(opened));
  return absl::OkStatus();
}

SpoolFile* ImportTableFiles::Find(v1::ImportFile file) {
  const auto find = [](std::optional<SpoolFile>& found) {
    return found ? &*found : nullptr;
  };
  switch (file) {
    case v1::IMPORT_FILE_UNSPECIFIED:
    case v1::IMPORT_FILE_VECTORS:
      return find(vectors_);
    case v1::IMPORT_FILE_IDS:
      return find(ids_);
    case v1::IMPORT_FILE_ATTRIBUTES:
      return find(attributes_);
    default:
      return nullptr;
  }
}

absl::StatusOr<bool> ImportTableFiles::Append(const v1::ImportChunk& chunk,
                                              uint64_t sync_bytes) {
  if (rows_) {
    return absl::InvalidArgumentError(
        absl::StrCat("a part is of a file of table ", table_.name(),
                     ", expected rows: begin says that the table is of rows"));
  }
  SpoolFile* const file = Find(chunk.file());
  if (file != nullptr) {
    return file->Append(chunk.offset(), chunk.data(), sync_bytes);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("a part is of the ", NameOfImportFile(chunk.file()),
                   " of table ", table_.name(), ", which has none"));
}

absl::StatusOr<bool> ImportTableFiles::AppendRows(const v1::ImportRows& rows,
                                                  uint64_t sync_bytes) {
  if (rows_) return rows_->Append(rows, sync_bytes);
  return absl::InvalidArgumentError(
      absl::StrCat("a part is of the rows of table ", table_.name(),
                   ", expected parts of its file: begin names one"));
}

absl::Status ImportTableFiles::Complete() {
  for (const auto* file : {&vectors_, &ids_, &attributes_}) {
    if (!file->has_value() || (*file)->synced() == (*file)->bytes()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        (*file)->name(), " lacks ", (*file)->bytes() - (*file)->synced(),
        " of ", (*file)->bytes(), " bytes"));
  }
  return rows_ ? rows_->Complete() : absl::OkStatus();
}

v1::ImportOffset ImportTableFiles::offset() const {
  v1::ImportOffset offset;
  offset.set_table(table_.name());
  if (vectors_) offset.set_file_bytes(vectors_->synced());
  if (ids_) offset.set_ids_bytes(ids_->synced());
  if (attributes_) offset.set_attributes_bytes(attributes_->synced());
  if (rows_) offset.set_rows(rows_->synced_rows());
  return offset;
}

uint64_t ImportTableFiles::missing_bytes() const {
  uint64_t missing = 0;
  for (const auto* file : {&vectors_, &ids_, &attributes_}) {
    if (file->has_value()) missing += (*file)->bytes() - (*file)->written();
  }
  // At least a byte for each number.
  const v1::ImportRowTable& announced = table_.rows();
  if (rows_ && announced.rows() > rows_->rows()) {
    missing += (announced.rows() - rows_->rows()) * announced.dimension();
  }
  return missing;
}

void ImportTableFiles::SetSources(TableSpec* spec) const {
  if (rows_) {
    ReadRowsOf(*rows_, spec);
    return;
  }
  spec->source.path = PathOf(vectors_);
  spec->source.ids_path = PathOf(ids_);
  spec->attributes.path = PathOf(attributes_);
}

void ImportTableFiles::UseSendersNames(std::string* text) const {
  const std::string rows = rows_ ? rows_->path() : "";
  for (const auto& [path, name] :
       {std::pair{PathOf(vectors_), table_.file_name()},
        std::pair{PathOf(ids_), table_.ids_file_name()},
        std::pair{PathOf(attributes_), table_.attributes_file_name()},
        std::pair{rows, std::string(kRowsName)}}) {
    if (!path.empty()) absl::StrReplaceAll({{path, name}}, text);
  }
}

void ImportTableFiles::Remove() {
  for (const auto* file : {&vectors_, &ids_, &attributes_}) {
    if (file->has_value()) unlink((*file)->path().c_str());
  }
  if (rows_) unlink(rows_->path().c_str());
}

}  // namespace akin::server
