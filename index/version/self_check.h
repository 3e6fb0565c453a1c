// Holds an index against exact search before it is published.

#ifndef AKIN_INDEX_VERSION_SELF_CHECK_H_
#define AKIN_INDEX_VERSION_SELF_CHECK_H_

#include <cstddef>

#include "index/base/worker_pool.h"
#include "index/version/version.h"

namespace akin {

// The recall@10 of table.index() against table.exact(): the share of the
// index's answers that score at least as well as the true 10th neighbour.
// Queries are the middles of seeded random pairs of rows, so none of them is a
// row of the table. The table has at least one row.
double MeasureRecallAt10(const IndexedTable& table, size_t queries,
                         WorkerPool* pool);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_SELF_CHECK_H_
