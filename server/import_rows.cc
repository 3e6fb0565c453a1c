#include "server/import_rows.h"

#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/crc32c.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/base/utf8.h"

namespace akin::server {
namespace {

constexpr absl::string_view kMagic = "akr1";
constexpr size_t kHeaderBytes = kMagic.size() + 2 * sizeof(uint32_t);

// "rows 10 to 19 of table t".
std::string NameOf(const v1::ImportRows& rows) {
  const auto count = static_cast<uint64_t>(rows.ids_size());
  return absl::StrCat("rows ", rows.offset(), " to ", rows.offset() + count - 1,
                      " of table ", rows.table());
}

absl::Status Wrong(const v1::ImportRows& rows, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(NameOf(rows), what));
}

size_t BytesOf(v1::DType dtype) {
  switch (dtype) {
    case v1::DTYPE_F32:
      return sizeof(float);
    case v1::DTYPE_F16:
      return sizeof(uint16_t);
    case v1::DTYPE_I8:
      return 1;
    default:
      return 0;
  }
}

absl::Status CheckBlock(const v1::ImportRows& rows, uint64_t dimension) {
  const v1::VectorBlock& block = rows.block();
  const size_t element = BytesOf(block.dtype());
  if (element == 0) {
    return Wrong(rows,
                 absl::StrCat(" have dtype ", block.dtype(),
                              ", expected DTYPE_F32, DTYPE_F16 or DTYPE_I8"));
  }
  if (block.dimension() != dimension) {
    return Wrong(rows, absl::StrCat(" have ", block.dimension(),
                                    " dimensions, the table has ", dimension));
  }
  const auto count = static_cast<uint64_t>(rows.ids_size());
  if (block.data().size() == count * dimension * element) {
    return absl::OkStatus();
  }
  return Wrong(rows,
               absl::StrCat(" have ", count, " ids and ", block.data().size(),
                            " bytes of numbers, expected ", dimension * element,
                            " bytes for each id"));
}

absl::Status CheckId(const v1::ImportTable& table, uint64_t row,
                     const std::string& id) {
  const auto wrong = [&](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("row ", row, " of table ", table.name(), ": its id ", what,
                     ", expected 1 to ", kMaxIdBytes, " bytes of UTF-8"));
  };
  // No message would hold it again.
  if (!IsValidUtf8(id)) return wrong("is not UTF-8");
  if (table.skip_bad_rows()) return absl::OkStatus();
  if (id.empty()) return wrong("is empty");
  if (id.size() > kMaxIdBytes) {
    return wrong(absl::StrCat("has ", id.size(), " bytes"));
  }
  return absl::OkStatus();
}

uint32_t Load(const char* bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

void Append(uint32_t value, std::string* bytes) {
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));
  bytes->append(raw, sizeof(raw));
}

uint32_t SumOf(uint32_t length, absl::string_view message) {
  std::string raw;
  Append(length, &raw);
  return Crc32c(message, Crc32c(raw));
}

}  // namespace

absl::Status CheckRowVectors(const v1::ImportTable& table,
                             const v1::ImportRows& rows) {
  const uint64_t dimension = table.rows().dimension();
  const auto count = static_cast<uint64_t>(rows.ids_size());
  switch (rows.vectors_case()) {
    case v1::ImportRows::kBlock:
      return CheckBlock(rows, dimension);
    case v1::ImportRows::kFloats: {
      const auto numbers = static_cast<uint64_t>(rows.floats().values_size());
      if (numbers == count * dimension) return absl::OkStatus();
      return Wrong(rows, absl::StrCat(" have ", count, " ids and ", numbers,
                                      " numbers, expected ", dimension,
                                      " numbers for each id"));
    }
    default:
      return Wrong(rows, " have no vectors, expected a block or floats");
  }
}

absl::Status CheckImportRows(const v1::ImportTable& table,
                             const v1::ImportRows& rows) {
  if (rows.ids().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a part of the rows of table ", table.name(),
                     " has no ids, expected one for each row"));
  }
  const auto count = static_cast<uint64_t>(rows.ids_size());
  const uint64_t announced = table.rows().rows();
  const uint64_t most = announced == 0 ? kMaxRows : announced;
  if (rows.offset() > most || count > most - rows.offset()) {
    return Wrong(rows, absl::StrCat(" are beyond the ", most,
                                    announced == 0 ? " that a table may have"
                                                   : " that begin announces"));
  }
  AKIN_RETURN_IF_ERROR(CheckRowVectors(table, rows));
  if (!rows.attributes().empty() && rows.attributes_size() != rows.ids_size()) {
    return Wrong(rows,
                 absl::StrCat(" have ", count, " ids and the attributes of ",
                              rows.attributes_size(),
                              " rows, expected those of each row, or of none"));
  }
  for (int i = 0; i < rows.ids_size(); ++i) {
    AKIN_RETURN_IF_ERROR(CheckId(table, rows.offset() + i, rows.ids(i)));
  }
  return absl::OkStatus();
}

std::string MakeRowBlock(const v1::ImportRows& rows) {
  const std::string message = rows.SerializeAsString();
  const auto length = static_cast<uint32_t>(message.size());
  std::string block;
  block.reserve(kHeaderBytes + message.size());
  block.append(kMagic.data(), kMagic.size());
  Append(length, &block);
  Append(SumOf(length, message), &block);
  block += message;
  return block;
}

absl::StatusOr<std::unique_ptr<RowBlocks>> RowBlocks::Open(
    const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(auto file, StoredFile::Open(path));
  return std::unique_ptr<RowBlocks>(new RowBlocks(path, std::move(file)));
}

absl::StatusOr<bool> RowBlocks::Next(v1::ImportRows* rows) {
  char header[kHeaderBytes];
  AKIN_ASSIGN_OR_RETURN(const size_t got,
                        file_->ReadAt(offset_, header, kHeaderBytes));
  if (got == 0) return false;
  if (got < kHeaderBytes ||
      absl::string_view(header, kMagic.size()) != kMagic) {
    return Damaged();
  }
  const uint32_t length = Load(header + kMagic.size());
  const uint64_t begin = offset_ + kHeaderBytes;
  const uint64_t size = file_->size().value_or(0);
  if (begin > size || length > size - begin) return Damaged();
  bytes_.resize(length);
  AKIN_ASSIGN_OR_RETURN(const size_t read,
                        file_->ReadAt(begin, bytes_.data(), length));
  const uint32_t sum = Load(header + kMagic.size() + sizeof(uint32_t));
  if (read < length || SumOf(length, bytes_) != sum ||
      !rows->ParseFromString(bytes_)) {
    return Damaged();
  }
  offset_ = begin + length;
  return true;
}

absl::Status RowBlocks::Damaged() const {
  return absl::DataLossError(absl::StrCat(path_, ": byte ", offset_,
                                          ": expected a whole block of rows"));
}

}  // namespace akin::server
