#include "index/table/keyword_index.h"

#include <algorithm>

namespace akin {
namespace {

// A bitmap has two bytes a row and eight for each 65,536 rows of the table:
// from one row in 256 on that is less than a list's four a row.
constexpr size_t kFrequentShare = 256;
constexpr size_t kFrequentRows = 64;

}  // namespace

KeywordIndex::KeywordIndex(absl::Span<const uint32_t> numbers,
                           absl::Span<const uint32_t> rows, size_t distinct,
                           size_t table_rows) {
  // All rows by number first (a counting sort), in begins[] .. begins[+ 1].
  std::vector<uint32_t> begins(distinct + 1);
  for (const uint32_t number : numbers) ++begins[number + 1];
  for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<uint32_t> sorted(rows.size());
  std::vector<uint32_t> next(begins.begin(), begins.end());
  for (size_t i = 0; i < rows.size(); ++i) sorted[next[numbers[i]]++] = rows[i];

  // Then the frequent ones are taken out.
  const size_t frequent = std::max(kFrequentRows, table_rows / kFrequentShare);
  size_t kept = 0;
  begins_.reserve(distinct + 1);
  for (uint32_t number = 0; number < distinct; ++number) {
    begins_.push_back(static_cast<uint32_t>(kept));
    const size_t count = begins[number + 1] - begins[number];
    const absl::Span<const uint32_t> of_number(sorted.data() + begins[number],
                                               count);
    if (count >= frequent) {
      frequent_.emplace_back(number, RowBitmap(of_number));
    } else {
      std::copy(of_number.begin(), of_number.end(),
                sorted.begin() + static_cast<ptrdiff_t>(kept));
      kept += count;
    }
  }
  begins_.push_back(static_cast<uint32_t>(kept));
  rows_.assign(sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(kept));
  frequent_.shrink_to_fit();
}

void KeywordIndex::AddTo(uint32_t first, uint32_t last,
                         absl::Span<uint64_t> words) const {
  if (first >= last) return;
  for (uint32_t i = begins_[first]; i < begins_[last]; ++i) {
    words[rows_[i] / 64] |= uint64_t{1} << (rows_[i] % 64);
  }
  auto found = std::lower_bound(
      frequent_.begin(), frequent_.end(), first,
      [](const auto& entry, uint32_t number) { return entry.first < number; });
  for (; found != frequent_.end() && found->first < last; ++found) {
    found->second.AddTo(words);
  }
}

size_t KeywordIndex::memory_bytes() const {
  size_t bytes = (begins_.size() + rows_.size()) * sizeof(uint32_t) +
                 frequent_.size() * sizeof(frequent_[0]);
  for (const auto& [number, bitmap] : frequent_) bytes += bitmap.memory_bytes();
  return bytes;
}

}  // namespace akin
