// A set of rows of a table, as a bitmap: what a filter allows. Not thread-safe
// while it is changed.

#ifndef AKIN_INDEX_SEARCH_ROW_SET_H_
#define AKIN_INDEX_SEARCH_ROW_SET_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "index/kernels/count_bits.h"

namespace akin {

class RowSet {
 public:
  // Rows 0 .. rows - 1 can be members; none is.
  explicit RowSet(size_t rows)
      : words_((rows + kBits - 1) / kBits), rows_(rows) {}

  // The members are those whose bit is set: row r is bit r % 64 of word r / 64.
  // There is a word for every 64 rows, and no bit is set beyond them.
  RowSet(std::vector<uint64_t> words, size_t rows)
      : words_(std::move(words)),
        rows_(rows),
        count_(CountBits(words_.data(), words_.size())) {}

  // All of rows 0 .. rows - 1.
  static RowSet All(size_t rows) {
    RowSet set(rows);
    std::fill(set.words_.begin(), set.words_.end(), ~uint64_t{0});
    if (rows % kBits != 0) set.words_.back() >>= kBits - rows % kBits;
    set.count_ = rows;
    return set;
  }

  // `row` < rows().
  void Add(uint32_t row) {
    uint64_t& word = words_[row / kBits];
    const uint64_t bit = uint64_t{1} << (row % kBits);
    count_ += (word & bit) == 0;
    word |= bit;
  }

  // `row` < rows().
  void Remove(uint32_t row) {
    uint64_t& word = words_[row / kBits];
    const uint64_t bit = uint64_t{1} << (row % kBits);
    count_ -= (word & bit) != 0;
    word &= ~bit;
  }

  bool Contains(uint32_t row) const {
    return (words_[row / kBits] >> (row % kBits) & 1) != 0;
  }

  size_t rows() const { return rows_; }
  size_t count() const { return count_; }

  // Calls visit(row) for every member from row `begin` up to before `end`, in
  // rising order.
  template <class Visit>
  void ForEach(size_t begin, size_t end, const Visit& visit) const {
    for (size_t w = begin / kBits; w * kBits < end; ++w) {
      uint64_t word = words_[w];
      if (w == begin / kBits) word &= ~uint64_t{0} << (begin % kBits);
      for (; word != 0; word &= word - 1) {
        const size_t row =
            w * kBits + static_cast<size_t>(std::countr_zero(word));
        if (row >= end) return;
        visit(static_cast<uint32_t>(row));
      }
    }
  }

 private:
  static constexpr size_t kBits = 64;
  std::vector<uint64_t> words_;
  size_t rows_;
  size_t count_ = 0;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_ROW_SET_H_
