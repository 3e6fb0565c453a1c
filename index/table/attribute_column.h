// One attribute of a table: its value in every row that has one, and which rows
// have a value.
//
// Sets of rows are bits: `words` holds one for every row of the table, row r is
// bit r % 64 of word r / 64. What adds to it sets bits and clears none.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_ATTRIBUTE_COLUMN_H_
#define AKIN_INDEX_TABLE_ATTRIBUTE_COLUMN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/attribute_value.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"
#include "index/table/keyword_index.h"
#include "index/table/number_index.h"
#include "index/table/sorted_texts.h"

namespace akin {

// What a column is made of. The values are in the order of rows.
struct ColumnValues {
  std::string name;
  AttributeType type = AttributeType::kKeyword;
  size_t count = 0;  // rows with a value, of fewer than 2^32 values in all
  std::vector<uint32_t> rows;     // those, rising; empty if all have one
  std::vector<uint32_t> numbers;  // of keywords and lists in `texts`; 0 or 1
  std::vector<uint32_t> ends;     // of each row's list in `numbers`
  std::vector<int64_t> ints;      // and timestamps
  std::vector<double> floats;
  SortedTexts texts;
};

class AttributeColumn {
 public:
  static constexpr uint32_t kNoGroup = 0xFFFF'FFFF;

  // Throws std::bad_alloc.
  AttributeColumn(ColumnValues values, size_t table_rows);

  const std::string& name() const { return values_.name; }
  AttributeType type() const { return values_.type; }
  // Rows with a value.
  size_t count() const { return values_.count; }
  // Distinct keywords; 0 of other types.
  size_t keywords() const { return values_.texts.size(); }

  bool Has(uint32_t row) const { return PlaceOf(row) != kNoPlace; }

  // Appends the row's value, several of a list, in the order they were given,
  // none where there is none. A timestamp is an int64_t. Texts are valid as
  // long as the column.
  void AppendValues(uint32_t row, std::vector<AttributeValue>* out) const;

  // The same number for rows with the same value, another for others; kNoGroup
  // without a value. Not of lists.
  uint32_t Group(uint32_t row) const;

  // Rows with a value.
  void AddAll(absl::Span<uint64_t> words) const;
  // kKeyword, kKeywordList: rows with `text`, or with one that begins with it.
  void AddKeyword(absl::string_view text, absl::Span<uint64_t> words) const;
  void AddPrefix(absl::string_view text, absl::Span<uint64_t> words) const;
  // kBool
  void AddBool(bool value, absl::Span<uint64_t> words) const;
  // kInt, kTimestamp, and kFloat: both ends are included. None is NaN.
  void AddBetween(int64_t low, int64_t high, absl::Span<uint64_t> words) const;
  void AddBetween(double low, double high, absl::Span<uint64_t> words) const;

  // As Attributes::memory_bytes.
  size_t memory_bytes() const;

  // Sections "<prefix>.*": the values; the indexes are made anew. `values` has
  // name, type and count. DATA_LOSS: not what Seal writes, or not of a table of
  // `table_rows`.
  absl::Status Seal(const std::string& prefix, SealedFileWriter* file) const;
  static absl::Status Unseal(const SealedFile& file, const std::string& prefix,
                             size_t table_rows, WorkerPool* pool,
                             ColumnValues* values);

 private:
  static constexpr uint32_t kNoPlace = 0xFFFF'FFFF;

  // Of the row's value among all values, or of its list.
  uint32_t PlaceOf(uint32_t row) const;

  ColumnValues values_;  // ints and floats are in their index
  KeywordIndex keywords_;
  NumberIndex<int64_t> ints_;
  NumberIndex<double> floats_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_ATTRIBUTE_COLUMN_H_
