// Which layout a table's graph gets and what it takes, known before it is
// built.

#ifndef AKIN_INDEX_BUILD_INDEX_PLAN_H_
#define AKIN_INDEX_BUILD_INDEX_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "index/build/graph_index.h"
#include "index/table/metric.h"

namespace akin {

// Recall@10 against the vectors as trained that an index can be expected to
// reach, whatever the effort.
struct RecallRange {
  float low;
  float high;
};

struct IndexPlan {
  Profile profile = Profile::kFast;         // kFast or kCompact
  GraphLayout layout = GraphLayout::kFlat;  // kFlat or kRows
  uint32_t bits = 0;                        // of a neighbour's code; 0 in kFlat
  uint32_t degree = 0;
  bool keeps_vectors = true;  // the table's own, at full precision
  // Of one vector, in bytes: what the table keeps (its id aside), and the
  // index, less the entries of walks: a few thousand rows, however many there
  // are.
  size_t table_bytes = 0;
  size_t index_bytes = 0;
  // The most that is held beside the table as it was read, while it is built.
  size_t peak_bytes = 0;
  RecallRange recall = {0, 1};

  size_t bytes_per_vector() const { return table_bytes + index_bytes; }
};

// INVALID_ARGUMENT: no rows, or options out of range or at odds.
absl::StatusOr<IndexPlan> PlanIndex(size_t rows, uint32_t dimension,
                                    Metric metric,
                                    const GraphIndexOptions& options);

// "flat: int8 codes, 64 links", "rows: f16 vectors, 2-bit codes, 32 links".
std::string DescribeLayout(const IndexPlan& plan);

}  // namespace akin

#endif  // AKIN_INDEX_BUILD_INDEX_PLAN_H_
