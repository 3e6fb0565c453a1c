// How a column lies in a sealed file: index/version/FORMAT.md.

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/table/attribute_column.h"

namespace akin {
namespace {

bool IsOf(AttributeType type, std::initializer_list<AttributeType> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool HasTexts(AttributeType type) {
  return IsOf(type, {AttributeType::kKeyword, AttributeType::kKeywordList});
}

// Reads the section's numbers, of which there must be `count`.
template <class T>
absl::Status ReadCounted(const SealedFile& file, const std::string& name,
                         size_t count, WorkerPool* pool, std::vector<T>* out) {
  // Before room is made for as many as somebody says there are.
  AKIN_ASSIGN_OR_RETURN(const size_t found,
                        file.CountOf(name, sizeof(T), kMaxRows));
  if (found != count) {
    return file.Wrong(name,
                      absl::StrCat("has ", found, " values, expected ", count));
  }
  out->resize(count);
  return file.ReadNumbers(name, count, out->data(), pool);
}

absl::Status CheckRows(const SealedFile& file, const std::string& name,
                       const std::vector<uint32_t>& rows, size_t table_rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= table_rows || (i > 0 && rows[i] <= rows[i - 1])) {
      return file.Wrong(name, absl::StrCat("has row ", rows[i], " at place ", i,
                                           ", expected rows below ", table_rows,
                                           " that rise"));
    }
  }
  return absl::OkStatus();
}

// Every list has at least one value.
absl::Status CheckEnds(const SealedFile& file, const std::string& name,
                       const std::vector<uint32_t>& ends) {
  uint32_t begin = 0;
  for (const uint32_t end : ends) {
    if (end <= begin) {
      return file.Wrong(
          name, absl::StrCat("has a list of values ", begin, " to ", end));
    }
    begin = end;
  }
  return absl::OkStatus();
}

absl::Status UnsealNumbers(const SealedFile& file, const std::string& prefix,
                           WorkerPool* pool, ColumnValues* values) {
  size_t count = values->count;
  if (values->type == AttributeType::kKeywordList) {
    const std::string name = prefix + ".ends";
    AKIN_RETURN_IF_ERROR(ReadCounted(file, name, count, pool, &values->ends));
    AKIN_RETURN_IF_ERROR(CheckEnds(file, name, values->ends));
    count = values->ends.empty() ? 0 : values->ends.back();
  }
  size_t distinct = 2;
  if (HasTexts(values->type)) {
    AKIN_ASSIGN_OR_RETURN(
        values->texts,
        SortedTexts::Unseal(file, prefix + ".texts", count, pool));
    distinct = values->texts.size();
  }
  const std::string name = prefix + ".values";
  AKIN_RETURN_IF_ERROR(ReadCounted(file, name, count, pool, &values->numbers));
  for (const uint32_t number : values->numbers) {
    if (number >= distinct) {
      return file.Wrong(name, absl::StrCat("has a value ", number,
                                           ", expected less than ", distinct));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AttributeColumn::Seal(const std::string& prefix,
                                   SealedFileWriter* file) const {
  if (!values_.rows.empty()) {
    AKIN_RETURN_IF_ERROR(file->AddNumbers(prefix + ".rows", values_.rows));
  }
  const std::string name = prefix + ".values";
  if (type() == AttributeType::kFloat) {
    return file->AddNumbers(name, floats_.numbers());
  }
  if (IsOf(type(), {AttributeType::kInt, AttributeType::kTimestamp})) {
    return file->AddNumbers(name, ints_.numbers());
  }
  AKIN_RETURN_IF_ERROR(file->AddNumbers(name, values_.numbers));
  if (type() == AttributeType::kKeywordList) {
    AKIN_RETURN_IF_ERROR(file->AddNumbers(prefix + ".ends", values_.ends));
  }
  if (!HasTexts(type())) return absl::OkStatus();
  return values_.texts.Seal(prefix + ".texts", file);
}

absl::Status AttributeColumn::Unseal(const SealedFile& file,
                                     const std::string& prefix,
                                     size_t table_rows, WorkerPool* pool,
                                     ColumnValues* values) {
  if (values->count > 0 && values->count < table_rows) {
    const std::string name = prefix + ".rows";
    AKIN_RETURN_IF_ERROR(
        ReadCounted(file, name, values->count, pool, &values->rows));
    AKIN_RETURN_IF_ERROR(CheckRows(file, name, values->rows, table_rows));
  }
  const std::string name = prefix + ".values";
  switch (values->type) {
    case AttributeType::kInt:
    case AttributeType::kTimestamp:
      return ReadCounted(file, name, values->count, pool, &values->ints);
    case AttributeType::kFloat:
      AKIN_RETURN_IF_ERROR(
          ReadCounted(file, name, values->count, pool, &values->floats));
      for (const double value : values->floats) {
        if (!std::isfinite(value)) {
          return file.Wrong(name, "has a number that is not finite");
        }
      }
      return absl::OkStatus();
    default:
      return UnsealNumbers(file, prefix, pool, values);
  }
}

}  // namespace akin
