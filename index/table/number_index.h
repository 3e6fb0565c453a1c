// Numbers, and which of them lie between two: ints, floats and timestamps of an
// attribute. 4 bytes a number beside the number itself.
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

namespace akin {

template <class Number>
class NumberIndex {
 public:
  NumberIndex() = default;
  // None is NaN. Throws std::bad_alloc.
  explicit NumberIndex(std::vector<Number> numbers)
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
  }

  const std::vector<Number>& numbers() const { return numbers_; }

  // Their places in numbers(), by number.
  absl::Span<const uint32_t> Between(Number low, Number high) const {
    if (!(low <= high)) return {};
    const size_t begin = CountBelow(low);
    const auto end = std::upper_bound(
        order_.begin(), order_.end(), high,
        [&](Number value, uint32_t at) { return value < numbers_[at]; });
    return {order_.data() + begin,
            static_cast<size_t>(end - order_.begin()) - begin};
  }

  // The same for equal numbers, and for no others.
  uint32_t CountBelow(Number number) const {
    const auto begin = std::lower_bound(
        order_.begin(), order_.end(), number,
        [&](uint32_t at, Number value) { return numbers_[at] < value; });
    return static_cast<uint32_t>(begin - order_.begin());
  }

  size_t memory_bytes() const {
    return numbers_.size() * sizeof(Number) + order_.size() * sizeof(uint32_t);
  }

 private:
  std::vector<Number> numbers_;
  std::vector<uint32_t> order_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_NUMBER_INDEX_H_
