// The best k of a stream of neighbours. Not thread-safe.

#ifndef AKIN_INDEX_SEARCH_TOP_K_H_
#define AKIN_INDEX_SEARCH_TOP_K_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "index/search/searcher.h"

namespace akin {

class TopK {
 public:
  // `k` is at least 1.
  explicit TopK(size_t k) : k_(k) { heap_.reserve(k); }

  // Offers rows first_row .. first_row + count - 1 with their scores. Rows must
  // come in rising order for ties to fall to the lower row.
  void OfferBlock(uint32_t first_row, const float* scores, size_t count) {
    size_t i = 0;
    for (; i < count && heap_.size() < k_; ++i) {
      heap_.push_back({first_row + static_cast<uint32_t>(i), scores[i]});
      std::push_heap(heap_.begin(), heap_.end(), Better);
    }
    for (; i < count; ++i) {
      // The heap's top is the worst kept; equal scores lose to lower rows.
      if (scores[i] > heap_.front().score) [[unlikely]] {
        std::pop_heap(heap_.begin(), heap_.end(), Better);
        heap_.back() = {first_row + static_cast<uint32_t>(i), scores[i]};
        std::push_heap(heap_.begin(), heap_.end(), Better);
      }
    }
  }

  // Best first; leaves this empty.
  std::vector<Neighbor> Take() {
    std::sort_heap(heap_.begin(), heap_.end(), Better);
    return std::move(heap_);
  }

 private:
  size_t k_;
  std::vector<Neighbor> heap_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_TOP_K_H_
