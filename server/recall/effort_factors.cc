#include "server/recall/effort_factors.h"

#include "absl/hash/hash.h"

namespace akin::server {

uint64_t EffortFactors::KeyOf(absl::string_view model, int64_t version,
                              absl::string_view table) {
  return absl::HashOf(model, version, table) | 1;
}

float EffortFactors::Find(uint64_t key) const {
  for (size_t i = 0; i < kMost; ++i) {
    const Slot& slot = slots_[(key + i) % kMost];
    const uint64_t here = slot.key.load(std::memory_order_acquire);
    if (here == key) return slot.factor.load(std::memory_order_relaxed);
    if (here == 0) break;
  }
  return 1;
}

bool EffortFactors::Set(absl::string_view model, int64_t version,
                        absl::string_view table, float factor) {
  const uint64_t key = KeyOf(model, version, table);
  Slot* free = nullptr;
  for (size_t i = 0; i < kMost; ++i) {
    Slot& slot = slots_[(key + i) % kMost];
    const uint64_t here = slot.key.load(std::memory_order_relaxed);
    const bool is_set = slot.factor.load(std::memory_order_relaxed) != 1;
    if (here == key) {
      slot.factor.store(factor, std::memory_order_relaxed);
      if (is_set && factor == 1) set_.fetch_sub(1, std::memory_order_relaxed);
      if (!is_set && factor != 1) set_.fetch_add(1, std::memory_order_relaxed);
      return true;
    }
    if (free == nullptr && !is_set) free = &slot;
    if (here == 0) break;
  }
  if (factor == 1) return true;
  if (free == nullptr) return false;
  free->factor.store(factor, std::memory_order_relaxed);
  free->key.store(key, std::memory_order_release);
  set_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

}  // namespace akin::server
