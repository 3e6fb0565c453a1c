#include "server/import_row_source.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/stored_number.h"

namespace akin::server {
namespace {

NumberType TypeOf(v1::DType dtype) {
  switch (dtype) {
    case v1::DTYPE_F16:
      return NumberType::kFloat16;
    case v1::DTYPE_I8:
      return NumberType::kInt8;
    default:
      return NumberType::kFloat32;
  }
}

}  // namespace

void ReadRowsOf(const RowSpool& spool, TableSpec* spec) {
  const std::string path = spool.path();
  spec->source.path = path;
  spec->open = [path, table = spool.table(), rows = spool.rows()] {
    return ImportRowSource::Open(path, table, rows);
  };
  if (!spool.columns().any()) return;
  spec->attributes.path = path;
  spec->attributes.open = [path, types = spool.columns().types(),
                           skip = spool.table().skip_bad_rows()] {
    return ImportRowAttributes::Open(path, types, skip);
  };
}

absl::StatusOr<std::unique_ptr<VectorSource>> ImportRowSource::Open(
    const std::string& path, const v1::ImportTable& table, uint64_t rows) {
  AKIN_ASSIGN_OR_RETURN(auto blocks, RowBlocks::Open(path));
  return std::unique_ptr<VectorSource>(
      new ImportRowSource(path, table, rows, std::move(blocks)));
}

absl::StatusOr<bool> ImportRowSource::NextBlock() {
  at_ = 0;
  AKIN_ASSIGN_OR_RETURN(const bool found, blocks_->Next(&block_));
  if (!found && seen_ == rows_) return false;
  if (found && block_.offset() == seen_ && !block_.ids().empty() &&
      CheckRowVectors(table_, block_).ok()) {
    return true;
  }
  return absl::DataLossError(
      absl::StrCat(path_, ": expected ", rows_, " rows, what comes behind row ",
                   seen_, found ? " is none of them" : " is missing"));
}

absl::StatusOr<VectorSource::Outcome> ImportRowSource::Next(
    absl::Span<float> values, SourceRow* row) {
  if (at_ == block_.ids_size()) {
    AKIN_ASSIGN_OR_RETURN(const bool found, NextBlock());
    if (!found) return Outcome::kEnd;
  }
  row->id = block_.ids(at_);
  row->unit = "row";
  row->position = seen_;
  const size_t first = static_cast<size_t>(at_) * values.size();
  ++at_;
  ++seen_;
  if (block_.has_floats()) {
    const float* const numbers = block_.floats().values().data() + first;
    std::copy(numbers, numbers + values.size(), values.begin());
    return Outcome::kRow;
  }
  const NumberType type = TypeOf(block_.block().dtype());
  const char* const bytes =
      block_.block().data().data() + first * akin::BytesOf(type);
  return ReadStoredNumbers(type, bytes, values, row) ? Outcome::kRow
                                                     : Outcome::kBadRow;
}

absl::StatusOr<std::unique_ptr<AttributeFile>> ImportRowAttributes::Open(
    const std::string& path, const std::vector<AttributeDeclaration>& types,
    bool first_only) {
  AKIN_ASSIGN_OR_RETURN(auto blocks, RowBlocks::Open(path));
  std::unique_ptr<ImportRowAttributes> file(
      new ImportRowAttributes(std::move(blocks), types, first_only));
  AKIN_RETURN_IF_ERROR(file->Declare(types));
  return std::unique_ptr<AttributeFile>(std::move(file));
}

absl::StatusOr<bool> ImportRowAttributes::Next(AttributeRow* row) {
  do {
    while (at_ == block_.ids_size()) {
      at_ = 0;
      AKIN_ASSIGN_OR_RETURN(const bool found, blocks_->Next(&block_));
      if (!found) return false;
    }
    row->line = block_.offset() + static_cast<uint64_t>(at_) + 1;
    row->id = block_.ids(at_++);
  } while (first_only_ && !seen_ids_.insert(row->id).second);
  row->fields.clear();
  if (block_.attributes_size() < at_) return true;  // it has none
  for (const v1::Attribute& attribute :
       block_.attributes(at_ - 1).attributes()) {
    if (attribute.values().empty()) continue;
    AKIN_ASSIGN_OR_RETURN(const size_t column, ColumnOf(attribute.name()));
    auto field = types_.Read(attribute);
    if (!field.ok()) return field.status();
    row->fields.emplace_back(column, *std::move(field));
  }
  return true;
}

}  // namespace akin::server
