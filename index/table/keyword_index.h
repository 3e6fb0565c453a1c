// Which rows have a value, for values that are numbers from 0: the keywords of
// an attribute.
//
// Rows of rare values lie in one list, by value; of frequent ones each has a
// compressed bitmap. So a value costs at most 4 bytes for each row that has it
// and 4 of its own, and values that follow each other (all texts with a prefix)
// are one run of the list.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_KEYWORD_INDEX_H_
#define AKIN_INDEX_TABLE_KEYWORD_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "index/table/row_bitmap.h"

namespace akin {

class KeywordIndex {
 public:
  KeywordIndex() = default;
  // rows[i], which is below `table_rows`, has numbers[i], which is below
  // `distinct`; fewer than 2^32 of them. Throws std::bad_alloc.
  KeywordIndex(absl::Span<const uint32_t> numbers,
               absl::Span<const uint32_t> rows, size_t distinct,
               size_t table_rows);

  // Sets the bits (row_bitmap.h) of rows with a number from `first` up to
  // before `last`.
  void AddTo(uint32_t first, uint32_t last, absl::Span<uint64_t> words) const;

  size_t memory_bytes() const;

 private:
  std::vector<uint32_t> begins_;  // of a rare number's rows; one more
  std::vector<uint32_t> rows_;
  std::vector<std::pair<uint32_t, RowBitmap>> frequent_;  // by number
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_KEYWORD_INDEX_H_
