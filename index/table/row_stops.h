// Bitmaps along a list of rows, each of the rows before a place of the list:
// with them any run of the list becomes a set of rows in a time that hardly
// depends on how long it is.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_ROW_STOPS_H_
#define AKIN_INDEX_TABLE_ROW_STOPS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace akin {

// Rows in an order of their own: rows[order[i]], or order[i] itself where
// `rows` is empty.
struct OrderedRows {
  absl::Span<const uint32_t> order;
  absl::Span<const uint32_t> rows;

  size_t size() const { return order.size(); }
  uint32_t operator[](size_t i) const {
    return rows.empty() ? order[i] : rows[order[i]];
  }
};

class RowStops {
 public:
  // So many bitmaps of a list of all rows, fewer of a shorter one: they take
  // at most 8 bytes for each row of the list, and what fills their last words.
  static constexpr size_t kMost = 64;

  RowStops() = default;
  // No row is listed twice; all are below `table_rows`. Throws std::bad_alloc.
  RowStops(const OrderedRows& list, size_t table_rows);

  // Sets the bits (row_bitmap.h) of the rows at `begin` up to before `end` of
  // the list, which is the constructor's.
  void AddRun(const OrderedRows& list, size_t begin, size_t end,
              absl::Span<uint64_t> words) const;

  size_t memory_bytes() const { return bits_.size() * sizeof(uint64_t); }

 private:
  // Stop i, 0 .. stops_, stands before the row at this place of the list.
  size_t PlaceOf(size_t stop) const { return size_ * stop / stops_; }
  // Of the rows before the stop, which is not the first.
  const uint64_t* Before(size_t stop) const {
    return bits_.data() + (stop - 1) * words_;
  }

  size_t size_ = 0;   // of the list
  size_t words_ = 0;  // of a bitmap
  size_t stops_ = 0;  // but the first, before which nothing is
  std::vector<uint64_t> bits_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_ROW_STOPS_H_
