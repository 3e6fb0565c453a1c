// What the effort of queries is multiplied by, by table of a version. Reading
// is lock-free and one load as long as no factor but 1 is there.

#ifndef AKIN_SERVER_RECALL_EFFORT_FACTORS_H_
#define AKIN_SERVER_RECALL_EFFORT_FACTORS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace akin::server {

class EffortFactors {
 public:
  // Tables that may have a factor other than 1 at a time.
  static constexpr size_t kMost = 1024;

  // 1 where none was set. Thread-safe. While a factor is forgotten and its
  // place is taken by another table's, a query may get the wrong one of the
  // two.
  float Of(absl::string_view model, int64_t version,
           absl::string_view table) const {
    if (set_.load(std::memory_order_relaxed) == 0) return 1;
    return Find(KeyOf(model, version, table));
  }

  // One thread at a time. 1 forgets it. False: too many are there, and nothing
  // was changed.
  bool Set(absl::string_view model, int64_t version, absl::string_view table,
           float factor);

 private:
  // A slot whose factor is 1 is free; its key stays, so that a search for
  // another goes on behind it.
  struct Slot {
    std::atomic<uint64_t> key{0};  // 0: never used, and none lies behind it
    std::atomic<float> factor{1};
  };

  // Of 64 bits: that two tables share one does not happen.
  static uint64_t KeyOf(absl::string_view model, int64_t version,
                        absl::string_view table);
  float Find(uint64_t key) const;

  std::atomic<size_t> set_{0};  // slots whose factor is not 1
  std::array<Slot, kMost> slots_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_EFFORT_FACTORS_H_
