// A table: id -> vector, as searched. Immutable, so thread-safe.

#ifndef AKIN_INDEX_TABLE_TABLE_H_
#define AKIN_INDEX_TABLE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "index/base/page_buffer.h"
#include "index/table/id_map.h"
#include "index/table/metric.h"

namespace akin {

class Table {
 public:
  // `vectors` holds ids.size() rows of `dimension` floats. Under kCosine the
  // rows have length 1 and `norms` their original lengths; else it is empty.
  Table(std::string name, Metric metric, uint32_t dimension, IdMap ids,
        PageBuffer vectors, std::vector<float> norms)
      : name_(std::move(name)),
        metric_(metric),
        dimension_(dimension),
        ids_(std::move(ids)),
        vectors_(std::move(vectors)),
        norms_(std::move(norms)) {}

  const std::string& name() const { return name_; }
  Metric metric() const { return metric_; }
  uint32_t dimension() const { return dimension_; }
  size_t rows() const { return ids_.size(); }
  const IdMap& ids() const { return ids_; }

  // The vector as the searchers compare it. `row` < rows().
  absl::Span<const float> SearchVector(uint32_t row) const {
    return {vectors() + size_t{row} * dimension_, dimension_};
  }

  // All rows, one behind the other, without padding.
  const float* vectors() const {
    return reinterpret_cast<const float*>(vectors_.data());
  }

  // The vector as it was trained (within a float's rounding).
  void CopyOriginal(uint32_t row, absl::Span<float> out) const {
    const float norm = norms_.empty() ? 1.0f : norms_[row];
    const absl::Span<const float> stored = SearchVector(row);
    for (size_t i = 0; i < stored.size(); ++i) out[i] = stored[i] * norm;
  }

  size_t memory_bytes() const {
    return rows() * dimension_ * sizeof(float) +
           norms_.capacity() * sizeof(float) + ids_.memory_bytes();
  }

 private:
  std::string name_;
  Metric metric_;
  uint32_t dimension_;
  IdMap ids_;
  PageBuffer vectors_;
  std::vector<float> norms_;
};

}  // namespace akin

#endif  // AKIN_INDEX_TABLE_TABLE_H_
