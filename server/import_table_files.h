// What has come of one table of an import: its files, or its rows, in the
// import's folder.
//
// Not thread-safe. Its calls wait for the disk. Errors are what the system
// says, with the path, if nothing else is said.

#ifndef AKIN_SERVER_IMPORT_TABLE_FILES_H_
#define AKIN_SERVER_IMPORT_TABLE_FILES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/version/load_version.h"
#include "server/import_row_spool.h"
#include "server/spool_file.h"

namespace akin::server {

class ImportTableFiles {
 public:
  // Opens or creates them. `table`, of `model`, has passed CheckImportBegin.
  static absl::StatusOr<ImportTableFiles> Open(const std::string& folder,
                                               const std::string& model,
                                               const v1::ImportTable& table);

  // True if offset() has grown. INVALID_ARGUMENT: no such file, or as
  // SpoolFile::Append and RowSpool::Append say; what was acknowledged is there.
  absl::StatusOr<bool> Append(const v1::ImportChunk& chunk,
                              uint64_t sync_bytes);
  absl::StatusOr<bool> AppendRows(const v1::ImportRows& rows,
                                  uint64_t sync_bytes);

  // Brings to the disk what is not there yet. INVALID_ARGUMENT names what is
  // missing, and how much.
  absl::Status Complete();

  // What a loss of power leaves.
  v1::ImportOffset offset() const;
  // That will have to come; of rows those announced, and at least.
  uint64_t missing_bytes() const;

  // Makes `spec` read them. They are complete.
  void SetSources(TableSpec* spec) const;
  // Replaces their paths with the names that the sender gave.
  void UseSendersNames(std::string* text) const;
  void Remove();

 private:
  explicit ImportTableFiles(const v1::ImportTable& table) : table_(table) {}

  static absl::Status OpenFile(const std::string& path, const std::string& name,
                               uint64_t bytes, std::optional<SpoolFile>* file);
  // Null: there is no such file.
  SpoolFile* Find(v1::ImportFile file);

  v1::ImportTable table_;
  // Either `rows_`, or the others.
  std::optional<SpoolFile> vectors_;
  std::optional<SpoolFile> ids_;
  std::optional<SpoolFile> attributes_;
  std::optional<RowSpool> rows_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_TABLE_FILES_H_
