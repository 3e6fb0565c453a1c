#include "index/table/row_stops.h"

#include <algorithm>

namespace akin {
namespace {

constexpr size_t kBits = 64;

void SetBits(const OrderedRows& list, size_t begin, size_t end,
             uint64_t* words) {
  for (size_t i = begin; i < end; ++i) {
    const uint32_t row = list[i];
    words[row / kBits] |= uint64_t{1} << (row % kBits);
  }
}

}  // namespace

RowStops::RowStops(const OrderedRows& list, size_t table_rows)
    : size_(list.size()), words_((table_rows + kBits - 1) / kBits) {
  if (table_rows == 0) return;
  stops_ = std::min(size_, kMost * size_ / table_rows);
  bits_.resize(stops_ * words_);
  for (size_t stop = 1; stop <= stops_; ++stop) {
    uint64_t* const bits = bits_.data() + (stop - 1) * words_;
    if (stop > 1) std::copy_n(Before(stop - 1), words_, bits);
    SetBits(list, PlaceOf(stop - 1), PlaceOf(stop), bits);
  }
}

void RowStops::AddRun(const OrderedRows& list, size_t begin, size_t end,
                      absl::Span<uint64_t> words) const {
  if (begin >= end) return;
  uint64_t* const to = words.data();
  if (stops_ == 0) return SetBits(list, begin, end, to);
  // The first stop at or behind `begin`, and the last at or before `end`.
  const size_t first = (begin * stops_ + size_ - 1) / size_;
  const size_t last = ((end + 1) * stops_ - 1) / size_;
  if (first >= last) return SetBits(list, begin, end, to);
  const uint64_t* const above = Before(last);
  if (first == 0) {
    for (size_t i = 0; i < words_; ++i) to[i] |= above[i];
  } else {
    const uint64_t* const below = Before(first);
    for (size_t i = 0; i < words_; ++i) to[i] |= above[i] & ~below[i];
  }
  SetBits(list, begin, PlaceOf(first), to);
  SetBits(list, PlaceOf(last), end, to);
}

}  // namespace akin
