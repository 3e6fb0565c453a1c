// The rows of a spool as LOAD reads them: as it reads a trained file and its
// side file of attributes.

#ifndef AKIN_SERVER_IMPORT_ROW_SOURCE_H_
#define AKIN_SERVER_IMPORT_ROW_SOURCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/formats/attribute_file.h"
#include "index/formats/vector_source.h"
#include "index/version/load_version.h"
#include "server/import_row_columns.h"
#include "server/import_row_spool.h"
#include "server/import_rows.h"

namespace akin::server {

// Makes `spec` read the rows of `spool`, which is complete, and need not live.
void ReadRowsOf(const RowSpool& spool, TableSpec* spec);

// From Next, DATA_LOSS: the spool is damaged.
class ImportRowSource final : public VectorSource {
 public:
  // The file at `path` has `rows` rows of `table`.
  static absl::StatusOr<std::unique_ptr<VectorSource>> Open(
      const std::string& path, const v1::ImportTable& table, uint64_t rows);

  absl::string_view format() const override { return "rows"; }
  uint32_t dimension() const override { return table_.rows().dimension(); }
  std::optional<uint64_t> announced_rows() const override { return rows_; }
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  uint64_t bytes_read() const override { return blocks_->bytes_read(); }

 private:
  ImportRowSource(std::string path, const v1::ImportTable& table, uint64_t rows,
                  std::unique_ptr<RowBlocks> blocks)
      : path_(std::move(path)),
        table_(table),
        rows_(rows),
        blocks_(std::move(blocks)) {}

  // False at the end.
  absl::StatusOr<bool> NextBlock();

  const std::string path_;
  const v1::ImportTable table_;
  const uint64_t rows_;
  const std::unique_ptr<RowBlocks> blocks_;
  v1::ImportRows block_;
  int at_ = 0;  // in the block
  uint64_t seen_ = 0;
};

// Lines are rows from 1. From Next, DATA_LOSS: the spool is damaged.
class ImportRowAttributes final : public AttributeFile {
 public:
  // `types` of all columns. `first_only`: of an id that comes twice the first
  // row alone, for a table that skips bad rows.
  static absl::StatusOr<std::unique_ptr<AttributeFile>> Open(
      const std::string& path, const std::vector<AttributeDeclaration>& types,
      bool first_only);

  absl::string_view format() const override { return "rows"; }
  absl::StatusOr<bool> Next(AttributeRow* row) override;
  uint64_t bytes_read() const override { return blocks_->bytes_read(); }

 private:
  ImportRowAttributes(std::unique_ptr<RowBlocks> blocks,
                      const std::vector<AttributeDeclaration>& types,
                      bool first_only)
      : AttributeFile(nullptr),
        blocks_(std::move(blocks)),
        types_(types),
        first_only_(first_only) {}

  const std::unique_ptr<RowBlocks> blocks_;
  RowColumns types_;
  const bool first_only_;
  absl::flat_hash_set<std::string> seen_ids_;
  v1::ImportRows block_;
  int at_ = 0;  // in the block
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_ROW_SOURCE_H_
