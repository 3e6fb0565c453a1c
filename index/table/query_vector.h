// A row of one table as a query of another that shares its vector space.

#ifndef AKIN_INDEX_TABLE_QUERY_VECTOR_H_
#define AKIN_INDEX_TABLE_QUERY_VECTOR_H_

#include <cstdint>

#include "absl/types/span.h"
#include "index/table/table.h"

namespace akin {

// Writes the vector of `row` of `source` as searchers of a table compared by
// `metric` take it: of length 1 under cosine, as trained under dot and l2.
// `out` has the dimension of `source`. Returns the vector's length before it
// was scaled; 0 under cosine means that it has no direction and `out` is no
// query.
double CopyQueryVector(const Table& source, uint32_t row, Metric metric,
                       absl::Span<float> out);

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_QUERY_VECTOR_H_
