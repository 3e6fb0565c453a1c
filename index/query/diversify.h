// DIVERSIFY: hits that are near the query and not near each other. Maximal
// marginal relevance (Carbonell and Goldstein 1998, "The Use of MMR,
// Diversity-Based Reranking for Reordering Documents and Producing Summaries"):
// rows are taken one by one from a pool, each the best of
//
//   lambda * score - (1 - lambda) * the largest similarity to one taken before,
//
// of equal ones that which stands first in the pool. The first is the best of
// all. Score and similarity have to be of one kind to be weighed:
//
//   cosine                 both are cosines
//   l2                     both are minus a squared distance
//   dot; every fused or    the score is brought to 0..1 between the lowest and
//   multiplied score       the highest of the pool; the similarity is the
//                          rows' cosine, under l2 1 / (1 + d / m), where d is
//                          their squared distance and m the mean one of the
//                          pool's rows from its best
//
// since the length of a query scales its products, and not those of rows.
//
// Compares at most k times the pool's rows with one row. Thread-safe.

#ifndef AKIN_INDEX_QUERY_DIVERSIFY_H_
#define AKIN_INDEX_QUERY_DIVERSIFY_H_

#include <cstddef>
#include <vector>

#include "index/search/searcher.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

// Leaves of `pool`, which is best first, the k that are taken, in that order
// and with the scores they had. `metric_scores`: the scores are those of the
// table's metric. `lambda` is 0..1. False when `stop`, which may be null, said
// so.
bool Diversify(const IndexedTable& target, float lambda, bool metric_scores,
               size_t k, const StopSignal* stop, std::vector<Neighbor>* pool);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_DIVERSIFY_H_
