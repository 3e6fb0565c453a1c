#include "index/table/attributes.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr char kSection[] = "attributes";
// A type, a number, a name and what is between them.
constexpr size_t kMaxLineBytes = kMaxNameBytes + 64;

std::string PrefixOf(size_t column) {
  return absl::StrCat(kSection, ".", column);
}

absl::Status NoMemory() {
  return absl::ResourceExhaustedError("attributes do not fit into memory");
}

// "TYPE COUNT NAME", or nothing.
std::optional<ColumnValues> ParseLine(absl::string_view line, size_t rows) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  ColumnValues column;
  uint64_t count = 0;
  if (words.size() != 3 || !absl::SimpleAtoi(words[1], &count) ||
      count > rows || !CheckName("attribute", words[2]).ok()) {
    return std::nullopt;
  }
  const auto type = ParseAttributeType(words[0]);
  if (!type.ok()) return std::nullopt;
  column.type = *type;
  column.count = count;
  column.name = std::string(words[2]);
  return column;
}

absl::StatusOr<std::vector<ColumnValues>> ReadColumns(const SealedFile& file,
                                                      size_t rows,
                                                      WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(
      const std::vector<char> bytes,
      file.ReadVector<char>(kSection, kMaxAttributes * kMaxLineBytes, pool));
  std::vector<ColumnValues> columns;
  absl::string_view text(bytes.data(), bytes.size());
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::optional<ColumnValues> column;
    if (end != text.npos) column = ParseLine(text.substr(0, end), rows);
    const bool known =
        column.has_value() && columns.size() < kMaxAttributes &&
        std::none_of(columns.begin(), columns.end(), [&](const auto& other) {
          return other.name == column->name;
        });
    if (!known) {
      return file.Wrong(kSection, absl::StrCat("has no attribute in line ",
                                               columns.size() + 1));
    }
    columns.push_back(*std::move(column));
    text.remove_prefix(end + 1);
  }
  return columns;
}

}  // namespace

absl::StatusOr<Attributes> Attributes::Build(size_t rows,
                                             std::vector<ColumnValues> columns,
                                             WorkerPool* pool) {
  std::vector<std::optional<AttributeColumn>> built(columns.size());
  std::atomic<bool> failed = false;
  const auto build = [&](size_t i) {
    try {
      built[i].emplace(std::move(columns[i]), rows);
    } catch (const std::bad_alloc&) {
      failed = true;
    }
  };
  if (pool != nullptr) {
    pool->ParallelFor(columns.size(), build);
  } else {
    for (size_t i = 0; i < columns.size(); ++i) build(i);
  }
  if (failed) return NoMemory();
  Attributes attributes(rows);
  attributes.columns_.reserve(built.size());
  for (auto& column : built) attributes.columns_.push_back(*std::move(column));
  return attributes;
}

const AttributeColumn* Attributes::Find(absl::string_view name) const {
  const auto found =
      std::find_if(columns_.begin(), columns_.end(),
                   [&](const auto& column) { return column.name() == name; });
  return found == columns_.end() ? nullptr : &*found;
}

size_t Attributes::memory_bytes() const {
  size_t bytes = columns_.size() * sizeof(AttributeColumn);
  for (const AttributeColumn& column : columns_) bytes += column.memory_bytes();
  return bytes;
}

absl::Status Attributes::Seal(SealedFileWriter* file) const {
  std::string lines;
  for (const AttributeColumn& column : columns_) {
    absl::StrAppend(&lines, AttributeTypeName(column.type()), " ",
                    column.count(), " ", column.name(), "\n");
  }
  AKIN_RETURN_IF_ERROR(file->Add(kSection, lines));
  for (size_t i = 0; i < columns_.size(); ++i) {
    AKIN_RETURN_IF_ERROR(columns_[i].Seal(PrefixOf(i), file));
  }
  return absl::OkStatus();
}

absl::StatusOr<Attributes> Attributes::Unseal(const SealedFile& file,
                                              size_t rows, WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(std::vector<ColumnValues> columns,
                        ReadColumns(file, rows, pool));
  for (size_t i = 0; i < columns.size(); ++i) {
    AKIN_RETURN_IF_ERROR(
        AttributeColumn::Unseal(file, PrefixOf(i), rows, pool, &columns[i]));
  }
  return Build(rows, std::move(columns), pool);
}

}  // namespace akin
