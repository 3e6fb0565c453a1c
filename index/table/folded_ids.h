// Rows of a table by their ids without case.
//
// Through an index, and not by reading all ids: a query may name a thousand ids
// and a batch has up to ten thousand queries, and to read a million ids takes
// 10 ms or so. It is made when somebody first asks, once in the table's life,
// because hardly any table is ever asked so; those who ask meanwhile wait. It
// has only the rows whose ids have upper case, 8 bytes each: the others' ids
// are their own folded forms, which the table finds already. Who asks first
// pays for it, with some tenths of a second for a million ids in upper case.
//
// Thread-safe.

#ifndef AKIN_INDEX_TABLE_FOLDED_IDS_H_
#define AKIN_INDEX_TABLE_FOLDED_IDS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace akin {

class FoldedIds {
 public:
  using IdOfRow = absl::FunctionRef<absl::string_view(uint32_t row)>;

  // The first row whose id is not folded, and is `folded` once it is. `rows`
  // and what `id_of` says of them are the same in every call.
  std::optional<uint32_t> Find(absl::string_view folded, uint32_t rows,
                               IdOfRow id_of) const;

  // 0 until somebody has asked.
  size_t memory_bytes() const { return memory_bytes_; }

 private:
  struct Entry {
    uint32_t hash;  // of the folded id
    uint32_t row;
  };

  void Make(uint32_t rows, IdOfRow id_of) const;

  mutable std::once_flag made_;
  mutable std::vector<Entry> entries_;  // by hash, then by row
  mutable std::atomic<size_t> memory_bytes_{0};
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_FOLDED_IDS_H_
