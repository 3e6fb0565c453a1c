#include "index/table/id_map.h"

namespace akin {

IdMap::IdMap()
    : storage_(std::make_unique<Storage>()),
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

size_t IdMap::memory_bytes() const {
  return storage_->bytes.capacity() +
         storage_->ends.capacity() * sizeof(uint64_t) +
         rows_.capacity() * (sizeof(uint32_t) + 1);
}

}  // namespace akin
