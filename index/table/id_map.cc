#include "index/table/id_map.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "index/base/fold_case.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/base/utf8.h"

namespace akin {

IdMap::IdMap()
    : storage_(std::make_unique<Storage>()),
      folded_(std::make_unique<const FoldedIds>()),
      rows_(0, HashId{storage_.get()}, SameId{storage_.get()}) {}

bool IdMap::Add(absl::string_view id) {
  bool added = false;
  rows_.lazy_emplace(id, [&](const auto& construct) {
    const auto row = static_cast<uint32_t>(storage_->ends.size());
    storage_->bytes.append(id.data(), id.size());
    storage_->ends.push_back(storage_->bytes.size());
    construct(row);
    added = true;
  });
  return added;
}

void IdMap::Reserve(size_t rows) {
  storage_->ends.reserve(rows);
  rows_.reserve(rows);
}

void IdMap::ShrinkToFit() {
  storage_->bytes.shrink_to_fit();
  storage_->ends.shrink_to_fit();
}

std::optional<uint32_t> IdMap::Find(absl::string_view id) const {
  const auto it = rows_.find(id);
  if (it == rows_.end()) return std::nullopt;
  return *it;
}

std::optional<uint32_t> IdMap::FindFolded(absl::string_view id) const {
  if (const std::optional<uint32_t> exact = Find(id)) return exact;
  const std::string folded = FoldCase(id);
  // Ids that are folded already are not among the others.
  const std::optional<uint32_t> plain = Find(folded);
  const std::optional<uint32_t> cased =
      folded_->Find(folded, static_cast<uint32_t>(size()),
                    [&](uint32_t row) { return Id(row); });
  if (!plain.has_value() || !cased.has_value()) return plain ? plain : cased;
  return std::min(*plain, *cased);
}

size_t IdMap::memory_bytes() const {
  return storage_->bytes.capacity() + folded_->memory_bytes() +
         storage_->ends.capacity() * sizeof(uint64_t) +
         rows_.capacity() * (sizeof(uint32_t) + 1);
}

absl::Status IdMap::Seal(SealedFileWriter* file) const {
  AKIN_RETURN_IF_ERROR(file->Add("ids", storage_->bytes));
  return file->AddNumbers("ids.ends", storage_->ends);
}

absl::StatusOr<IdMap> IdMap::Unseal(const SealedFile& file, size_t rows,
                                    WorkerPool* pool) {
  IdMap map;
  Storage& storage = *map.storage_;
  AKIN_ASSIGN_OR_RETURN(const size_t bytes,
                        file.CountOf("ids", 1, rows * kMaxIdBytes));
  storage.bytes.resize(bytes);
  AKIN_RETURN_IF_ERROR(file.Read("ids", bytes, storage.bytes.data(), pool));
  // Before room is made for as many as somebody says there are.
  AKIN_ASSIGN_OR_RETURN(const size_t ends,
                        file.CountOf("ids.ends", sizeof(uint64_t), rows));
  if (ends != rows) {
    return file.Wrong("ids.ends",
                      absl::StrCat("has ", ends, " ids, expected ", rows));
  }
  storage.ends.resize(rows);
  AKIN_RETURN_IF_ERROR(
      file.ReadNumbers("ids.ends", rows, storage.ends.data(), pool));
  uint64_t begin = 0;
  for (const uint64_t end : storage.ends) {
    if (end <= begin || end - begin > kMaxIdBytes || end > bytes) {
      return file.Wrong("ids.ends", absl::StrCat("has an id of bytes ", begin,
                                                 " to ", end, " of ", bytes));
    }
    begin = end;
  }
  if (begin != bytes) return file.Wrong("ids", "has bytes of no id");
  // All of it is, and no id begins in the middle of a character.
  bool is_utf8 = IsValidUtf8(storage.bytes);
  for (const uint64_t end : storage.ends) {
    is_utf8 = is_utf8 && (end == bytes || (storage.bytes[end] & 0xC0) != 0x80);
  }
  if (!is_utf8) return file.Wrong("ids", "is not UTF-8");
  map.rows_.reserve(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    if (!map.rows_.insert(row).second) {
      return file.Wrong("ids",
                        absl::StrCat("has the id of row ", row, " twice"));
    }
  }
  return map;
}

}  // namespace akin
