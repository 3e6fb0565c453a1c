// ids <-> rows of one table, without one heap string per id.
//
// The ids' bytes lie one behind the other in one block; an id costs its bytes,
// 8 bytes of offset and about 6 bytes of hash table.
//
// Thread-safe once no more ids are added.

#ifndef AKIN_INDEX_TABLE_ID_MAP_H_
#define AKIN_INDEX_TABLE_ID_MAP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"
#include "index/table/folded_ids.h"

namespace akin {

class IdMap {
 public:
  IdMap();
  IdMap(IdMap&&) noexcept = default;
  IdMap& operator=(IdMap&&) noexcept = default;

  // Appends `id` as the next row. False, and nothing changed, if it is there.
  bool Add(absl::string_view id);

  void Reserve(size_t rows);
  // Gives back memory kept for growth.
  void ShrinkToFit();

  size_t size() const { return storage_->ends.size(); }

  // Valid as long as the map. `row` < size().
  absl::string_view Id(uint32_t row) const { return storage_->Id(row); }

  // Ask memory for what Id(row) will read: where the id lies, and then, once
  // that has come, the id. Ids of a search's rows are rarely in the cache.
  void PrefetchPlace(uint32_t row) const {
    __builtin_prefetch(storage_->ends.data() + row);
  }
  void PrefetchBytes(uint32_t row) const { __builtin_prefetch(Id(row).data()); }

  std::optional<uint32_t> Find(absl::string_view id) const;

  // The row of `id`, or else the first row whose id differs from it in nothing
  // but case (FoldCase). What it costs the first time: folded_ids.h.
  std::optional<uint32_t> FindFolded(absl::string_view id) const;

  size_t memory_bytes() const;

  // Sections "ids", "ids.ends". DATA_LOSS: not the distinct ids of `rows` rows.
  absl::Status Seal(SealedFileWriter* file) const;
  static absl::StatusOr<IdMap> Unseal(const SealedFile& file, size_t rows,
                                      WorkerPool* pool);

 private:
  // On the heap, so that the hash set's functors can point at it while the map
  // itself moves.
  struct Storage {
    std::string bytes;
    std::vector<uint64_t> ends;

    absl::string_view Id(uint32_t row) const {
      const uint64_t begin = row == 0 ? 0 : ends[row - 1];
      return absl::string_view(bytes.data() + begin, ends[row] - begin);
    }
  };
  struct HashId {
    using is_transparent = void;
    const Storage* storage;
    size_t operator()(absl::string_view id) const {
      return absl::Hash<absl::string_view>()(id);
    }
    size_t operator()(uint32_t row) const { return (*this)(storage->Id(row)); }
  };
  struct SameId {
    using is_transparent = void;
    const Storage* storage;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t row, absl::string_view id) const {
      return storage->Id(row) == id;
    }
  };

  std::unique_ptr<Storage> storage_;
  std::unique_ptr<const FoldedIds> folded_;
  absl::flat_hash_set<uint32_t, HashId, SameId> rows_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_ID_MAP_H_
