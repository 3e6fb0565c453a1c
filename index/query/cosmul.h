// 3CosMul (Levy and Goldberg 2014, "Linguistic Regularities in Sparse and
// Explicit Word Representations", section 4): the score of a row x is
//
//   product over the plus terms t of s(x, t)^weight
//   ------------------------------------------------------,
//   product over the minus terms of s(x, t)^weight + 1e-6
//
// where s is (1 + cosine) / 2. With weights of 1 it is gensim's
// most_similar_cosmul, whose epsilon this is (the paper has 0.001).
//
// Thread-safe.

#ifndef AKIN_INDEX_QUERY_COSMUL_H_
#define AKIN_INDEX_QUERY_COSMUL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/query/resolve.h"
#include "index/search/aligned_buffer.h"
#include "index/search/row_scores.h"
#include "index/search/row_set.h"
#include "index/search/searcher.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

class ProductScores {
 public:
  // `terms` are not empty; both must outlive this. The metric is cosine.
  ProductScores(const IndexedTable& target, const ProductTerms& terms);

  // The scores of rows begin .. begin + count - 1.
  void Score(uint32_t begin, size_t count, AlignedBuffer<float>* decoded,
             float* scores) const;

  // The best `count` of all rows that `allowed`, null: all, has; best first.
  // Adds to `stats`. False when `stop`, which may be null, said so.
  bool Scan(const RowSet* allowed, size_t count, const StopSignal* stop,
            std::vector<Neighbor>* best, SearchStats* stats) const;

  // Gives `rows` these scores, and their order. False as above.
  bool Rescore(const StopSignal* stop, std::vector<Neighbor>* rows,
               SearchStats* stats) const;

 private:
  const ProductTerms& terms_;
  const RowScores scores_;
};

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_COSMUL_H_
