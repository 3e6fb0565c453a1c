// The best k of a stream of neighbours. Not thread-safe.

#ifndef AKIN_INDEX_SEARCH_TOP_K_H_
#define AKIN_INDEX_SEARCH_TOP_K_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/search/searcher.h"

namespace akin {

// May be used again and again; then it allocates only when k grows.
class TopK {
 public:
  // Forgets all. `k` may be 0: then nothing is kept.
  void Begin(size_t k) {
    k_ = k;
    heap_.clear();
    heap_.reserve(k);
  }

  bool full() const { return heap_.size() == k_; }
  // Of a full one that is not empty: what is worse than this is not kept.
  const Neighbor& worst() const { return heap_.front(); }

  void Offer(const Neighbor& near) {
    if (heap_.size() < k_) {
      heap_.push_back(near);
      std::push_heap(heap_.begin(), heap_.end(), Better);
    } else if (k_ > 0 && Better(near, heap_.front())) {
      std::pop_heap(heap_.begin(), heap_.end(), Better);
      heap_.back() = near;
      std::push_heap(heap_.begin(), heap_.end(), Better);
    }
  }

  // Offers rows first_row .. first_row + count - 1 with their scores.
  void OfferBlock(uint32_t first_row, const float* scores, size_t count) {
    size_t i = 0;
    for (; i < count && !full(); ++i) {
      Offer({first_row + static_cast<uint32_t>(i), scores[i]});
    }
    for (; i < count; ++i) {
      if (k_ > 0 && scores[i] >= heap_.front().score) [[unlikely]] {
        Offer({first_row + static_cast<uint32_t>(i), scores[i]});
      }
    }
  }

  // Best first, with room for no more than they are; leaves this empty.
  void Take(std::vector<Neighbor>* best) {
    std::sort_heap(heap_.begin(), heap_.end(), Better);
    best->assign(heap_.begin(), heap_.end());
    heap_.clear();
  }

 private:
  size_t k_ = 0;
  std::vector<Neighbor> heap_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_TOP_K_H_
