// A set of rows, compressed: what an index of an attribute holds of a value
// that many rows have.
//
// CRoaring makes it (Lemire et al., "Roaring Bitmaps: Implementation of an
// Optimized Software Library", SPE 2018); what is kept is its portable form
// (https://github.com/RoaringBitmap/RoaringFormatSpec): one block of memory
// instead of two for every 65,536 rows, which is read as it lies.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_ROW_BITMAP_H_
#define AKIN_INDEX_TABLE_ROW_BITMAP_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/types/span.h"

namespace akin {

class RowBitmap {
 public:
  // In any order; a row may be there twice. Throws std::bad_alloc.
  explicit RowBitmap(absl::Span<const uint32_t> rows);
  RowBitmap(RowBitmap&&) noexcept = default;
  RowBitmap& operator=(RowBitmap&&) noexcept = default;

  // Sets the bit of each of its rows. `words` has a bit for every row of the
  // table: row r is bit r % 64 of word r / 64.
  void AddTo(absl::Span<uint64_t> words) const;

  size_t memory_bytes() const { return bytes_; }

 private:
  std::unique_ptr<char[]> data_;
  size_t bytes_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_ROW_BITMAP_H_
