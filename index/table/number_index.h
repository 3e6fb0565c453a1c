// Numbers of rows, and which rows have one between two: ints, floats and
// timestamps of an attribute.
//
// Rows in the order of their numbers are a list, of which a range is one run.
// At up to 64 places of that list, the stops, there is a bitmap of all rows
// before it (a cumulative or range-encoded bitmap index: Chan and Ioannidis,
// "Bitmap Index Design and Evaluation", SIGMOD 1998). The rows between two
// stops are the later one's without the earlier one's, 64 of them at a time;
// what a range has beyond them is set row by row: about a 32nd of all rows at
// most, however wide it is. 12 bytes a number beside the number itself: 4 for
// the list, at most 8 for the stops.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_NUMBER_INDEX_H_
#define AKIN_INDEX_TABLE_NUMBER_INDEX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "index/table/row_stops.h"

namespace akin {

template <class Number>
class NumberIndex {
 public:
  NumberIndex() = default;
  // None is NaN. numbers[i] is of rows[i], or of row i where `rows` is empty;
  // rows rise and are below `table_rows`. Throws std::bad_alloc.
  NumberIndex(std::vector<Number> numbers, absl::Span<const uint32_t> rows,
              size_t table_rows)
      : numbers_(std::move(numbers)) {
    // Pairs sort in a third of the time of places alone, whose numbers lie
    // anywhere.
    std::vector<std::pair<Number, uint32_t>> sorted(numbers_.size());
    for (uint32_t i = 0; i < sorted.size(); ++i) sorted[i] = {numbers_[i], i};
    if (!std::is_sorted(sorted.begin(), sorted.end())) {
      std::sort(sorted.begin(), sorted.end());
    }
    order_.reserve(sorted.size());
    for (const auto& entry : sorted) order_.push_back(entry.second);
    stops_ = RowStops({order_, rows}, table_rows);
  }

  const std::vector<Number>& numbers() const { return numbers_; }

  // Sets the bits (row_bitmap.h) of the rows whose number is `low`, `high` or
  // between them. None is NaN. `rows` as in the constructor.
  void AddBetween(Number low, Number high, absl::Span<const uint32_t> rows,
                  absl::Span<uint64_t> words) const {
    if (!(low <= high)) return;
    const auto end = std::upper_bound(
        order_.begin(), order_.end(), high,
        [&](Number value, uint32_t at) { return value < numbers_[at]; });
    stops_.AddRun({order_, rows}, CountBelow(low),
                  static_cast<size_t>(end - order_.begin()), words);
  }

  // The same for equal numbers, and for no others.
  uint32_t CountBelow(Number number) const {
    const auto begin = std::lower_bound(
        order_.begin(), order_.end(), number,
        [&](uint32_t at, Number value) { return numbers_[at] < value; });
    return static_cast<uint32_t>(begin - order_.begin());
  }

  size_t memory_bytes() const {
    return numbers_.size() * sizeof(Number) + order_.size() * sizeof(uint32_t) +
           stops_.memory_bytes();
  }

 private:
  std::vector<Number> numbers_;
  std::vector<uint32_t> order_;  // their places, by number
  RowStops stops_;               // over order_
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_NUMBER_INDEX_H_
