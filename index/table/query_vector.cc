#include "index/table/query_vector.h"

#include "index/table/metric.h"
#include "index/table/table_builder.h"

namespace akin {

double CopyQueryVector(const Table& source, uint32_t row, Metric metric,
                       absl::Span<float> out) {
  if (metric == Metric::kCosine && source.metric() == Metric::kCosine) {
    source.CopySearchVector(row, out);
    // What was decoded is near length 1 only.
    return source.has_vectors() ? 1 : Normalise(out);
  }
  // Metrics may differ between tables: compare what was trained.
  source.CopyOriginal(row, out);
  return metric == Metric::kCosine ? Normalise(out) : Length(out);
}

}  // namespace akin
