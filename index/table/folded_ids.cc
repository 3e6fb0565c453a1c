#include "index/table/folded_ids.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/hash/hash.h"
#include "index/base/fold_case.h"

namespace akin {
namespace {

uint32_t HashOf(absl::string_view folded) {
  return static_cast<uint32_t>(absl::Hash<absl::string_view>()(folded));
}

}  // namespace

std::optional<uint32_t> FoldedIds::Find(absl::string_view folded, uint32_t rows,
                                        IdOfRow id_of) const {
  // Unlike Abseil's, this one is tried again where memory ran out.
  std::call_once(made_, [&] { Make(rows, id_of); });
  const uint32_t hash = HashOf(folded);
  auto entry = std::lower_bound(
      entries_.begin(), entries_.end(), hash,
      [](const Entry& a, uint32_t wanted) { return a.hash < wanted; });
  for (; entry != entries_.end() && entry->hash == hash; ++entry) {
    if (FoldCase(id_of(entry->row)) == folded) return entry->row;
  }
  return std::nullopt;
}

void FoldedIds::Make(uint32_t rows, IdOfRow id_of) const {
  std::vector<Entry> entries;
  for (uint32_t row = 0; row < rows; ++row) {
    const absl::string_view id = id_of(row);
    if (!IsFolded(id)) entries.push_back({HashOf(FoldCase(id)), row});
  }
  entries.shrink_to_fit();
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.hash, a.row) < std::tie(b.hash, b.row);
  });
  entries_ = std::move(entries);
  memory_bytes_ = entries_.capacity() * sizeof(Entry);
}

}  // namespace akin
